"""Why facts of a wave itself change."""

from __future__ import annotations

from console.fact_changes import Cause


class WaveCause(Cause):
    """Changes of the wave's own row."""

    DESCRIBED = "wave_described"
    CUT_OVER = "wave_cut_over"
    CUTOVER_RETRACTED = "wave_cutover_retracted"
