"""The native core and its flags; everything else is in pyproject.toml."""

import os
import sys
from pathlib import Path

from Cython.Build import cythonize
from setuptools import Extension, setup

CORE = Path("callr_segment/_core")
HEADERS = [str(path) for kind in ("kernels/*.h", "*.pxd") for path in sorted(CORE.glob(kind))]
FLAGS = ["-O3", "-g0", "-Wno-psabi"]  # only inlined functions pass vectors
FLAGS += ["-fno-asynchronous-unwind-tables"]  # nothing is thrown through C
LINKS = ["-s"] if sys.platform == "linux" and "CALLR_SEGMENT_SYMBOLS" not in os.environ else []
DIRECTIVES = {
    "autotestdict": False,
    "binding": False,
    "boundscheck": False,
    "embedsignature": True,
    "embedsignature.format": "clinic",
    "freethreading_compatible": True,
    "wraparound": False,
}

extensions = cythonize(
    [
        Extension(
            f"callr_segment._core.{path.stem}",
            [str(path)],
            depends=HEADERS,
            include_dirs=[str(CORE)],
            define_macros=[("CYTHON_CLINE_IN_TRACEBACK", "0")],  # lines of C that nobody has: 20 kB
            extra_compile_args=[] if sys.platform == "win32" else FLAGS,
            extra_link_args=LINKS,
        )
        for path in sorted(CORE.glob("*.pyx"))
    ],
    language_level=3,
    compiler_directives=DIRECTIVES,
)
for extension in extensions:  # here, because cythonize drops it
    extension.optional = "CALLR_SEGMENT_NATIVE" not in os.environ

setup(ext_modules=extensions)
