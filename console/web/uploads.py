"""How uploads reach the disk."""

from __future__ import annotations

import os
from contextlib import suppress

from django.core.files.uploadhandler import TemporaryFileUploadHandler


class TidyUploadHandler(TemporaryFileUploadHandler):
    """Temporary files that go at once when the disk is full: half an upload must not keep it full."""

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Write the next piece. Raises OSError; of the file nothing is left then."""
        stored = self.file.file
        assert stored is not None
        try:
            self.file.write(raw_data)
            # What is still in the buffer would fail when the file is closed, and leave it behind.
            stored.flush()
        except OSError:
            with suppress(OSError):
                os.ftruncate(stored.fileno(), 0)
            with suppress(OSError):
                self.file.close()
            raise
