// Starts the small modules of the console. Pages work without any of them; these make them quicker.
import { startCopy } from "./copy.js";
import { startDialogs } from "./dialogs.js";
import { startDrafts } from "./drafts.js";
import { startFlash } from "./flash.js";
import { startKeyboard } from "./keyboard.js";
import { startLease } from "./lease.js";
import { startOnce } from "./once.js";
import { startPalette } from "./palette.js";
import { startSession } from "./session.js";
import { startTheme } from "./theme.js";

startTheme();
startDialogs();
startFlash();
startDrafts();
startKeyboard();
startCopy();
startLease();
startOnce();
startPalette();
startSession();
