"""A headless Chromium from the npm package @sparticuz/chromium, with a font for Arabic; nothing of the machine is needed."""

import fcntl
import os
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

import brotli
from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "node_modules" / "@sparticuz" / "chromium" / "bin"
FONTS = ROOT / "node_modules" / "@expo-google-fonts" / "noto-sans-arabic"
FLAGS = [
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--font-render-hinting=none",
    "--force-color-profile=srgb",
]
FONT_CONFIGURATION = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>{unpacked}/fonts</dir>
  <dir>{fonts}/400Regular</dir>
  <dir>{fonts}/600SemiBold</dir>
  <dir>{fonts}/700Bold</dir>
  <cachedir>{unpacked}/font-cache</cachedir>
  <alias><family>sans-serif</family><prefer><family>Open Sans</family><family>Noto Sans Arabic</family></prefer></alias>
  <alias><family>system-ui</family><prefer><family>Open Sans</family><family>Noto Sans Arabic</family></prefer></alias>
</fontconfig>
"""


def unpack(folder: Path) -> Path:
    """Unpacks the browser into the data folder, once for each version of it; answers where it is."""
    state = (PACKAGE / "chromium.br").stat()
    unpacked = folder / f"chromium-{state.st_size}"
    unpacked.mkdir(parents=True, exist_ok=True)
    # Tests that run side by side come here together.
    gate = os.open(unpacked, os.O_RDONLY)
    try:
        fcntl.flock(gate, fcntl.LOCK_EX)
        _unpack_into(unpacked)
    finally:
        os.close(gate)
    return unpacked


def _unpack_into(unpacked: Path) -> None:
    """Fills the folder, the program last: where it stands, all stands."""
    program = unpacked / "chromium"
    if program.exists():
        return
    for name in ("al2023.tar.br", "fonts.tar.br", "swiftshader.tar.br"):
        with tarfile.open(fileobj=BytesIO(brotli.decompress((PACKAGE / name).read_bytes()))) as archive:
            archive.extractall(unpacked, filter="data")
    (unpacked / "fonts.conf").write_text(FONT_CONFIGURATION.format(unpacked=unpacked, fonts=FONTS))
    half = unpacked / "chromium.new"
    half.write_bytes(brotli.decompress((PACKAGE / "chromium.br").read_bytes()))
    half.chmod(0o755)
    half.rename(program)


@contextmanager
def chromium(folder: Path) -> Iterator[Browser]:
    """A running browser."""
    unpacked = unpack(folder)
    surroundings: dict[str, str | float | bool] = {
        **os.environ,
        "LD_LIBRARY_PATH": f"{unpacked / 'lib'}:{unpacked}",
        "FONTCONFIG_FILE": str(unpacked / "fonts.conf"),
        "HOME": str(unpacked),
    }
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(unpacked / "chromium"), args=FLAGS, env=surroundings, chromium_sandbox=False
        )
        try:
            yield browser
        finally:
            browser.close()
