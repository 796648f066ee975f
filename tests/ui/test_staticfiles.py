"""Static files get hashed names, and whatever names another file follows it there."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from django.core.files.storage import FileSystemStorage
from django.test import override_settings

from console.ui.staticfiles import Storage

STATIC = Path(__file__).resolve().parent.parent.parent / "static"


def _collect(to: Path) -> None:
    shutil.copytree(STATIC, to, dirs_exist_ok=True)
    files = {str(path.relative_to(to)): path for path in to.rglob("*") if path.is_file()}
    with override_settings(STATIC_ROOT=str(to), DEBUG=False):
        storage = Storage(location=str(to), base_url="/static/")
        source = FileSystemStorage(location=str(to))
        for name, _, processed in storage.post_process({name: (source, name) for name in files}):
            assert not isinstance(processed, Exception), f"{name}: {processed}"


def _hashed(folder: Path, stem: str, ending: str) -> str:
    [found] = folder.glob(f"{stem}.????????????.{ending}")
    return found.read_text()


def test_modules_and_style_sheets_name_each_other_by_their_hashes(tmp_path: Path) -> None:
    _collect(tmp_path)
    for folder, stem, ending, named in (
        ("js", "concord", "js", r'from "\./([^"]+)"'),
        ("css", "concord", "css", r'url\("([^"]+)"\)'),
    ):
        names = re.findall(named, _hashed(tmp_path / folder, stem, ending))
        assert len(names) >= 8
        for name in names:
            assert re.fullmatch(rf"[a-z-]+\.[0-9a-f]{{12}}\.{ending}", name), name
            assert (tmp_path / folder / name).exists()
    assert "layer(tokens)" in _hashed(tmp_path / "css", "concord", "css"), "the layers survive the rewriting"
