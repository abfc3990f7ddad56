"""Helpers of a reproducible study of Chinese official discourse.

`__init__.pyi` lists the public names. Each is loaded, with the libraries behind it, when it is first used; `repair` at
once, since a module has the same name and would take its place.
"""

import sys
from types import ModuleType

import lazy_loader

from qdlib.repair import repair

__version__ = "0.1.0"

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)

# a function of a notebook that names the package is sent to other processes, which only a plain module can be
sys.modules[__name__].__class__ = ModuleType
