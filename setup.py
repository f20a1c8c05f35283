"""The native core and its flags; everything else is in pyproject.toml."""

import os
import sys
from pathlib import Path

from setuptools import Extension, setup

CORE = Path("callr_segment/_core")
HEADERS = [str(path) for kind in ("*.h", "*.pxd") for path in sorted(CORE.glob(kind))]


def native_core() -> list[Extension]:
    """Return the extensions, or none where Cython is missing: the fallback then does the work."""
    try:
        from Cython.Build import cythonize  # noqa: PLC0415
    except ImportError:
        return []
    flags = [] if sys.platform == "win32" else ["-O3", "-g0"]
    extensions = cythonize(
        [
            Extension(
                f"callr_segment._core.{path.stem}",
                [str(path)],
                depends=HEADERS,
                include_dirs=[str(CORE)],
                extra_compile_args=flags,
            )
            for path in sorted(CORE.glob("*.pyx"))
        ],
        language_level=3,
        compiler_directives={
            "boundscheck": False,
            "wraparound": False,
            "binding": False,
            "embedsignature": True,
            "embedsignature.format": "clinic",
            "freethreading_compatible": True,
        },
    )
    for extension in extensions:  # cythonize drops `optional`
        extension.optional = "CALLR_SEGMENT_NATIVE" not in os.environ
    return extensions


setup(ext_modules=native_core())
