"""The log, and the only truth. Everything else is a fold over it.

One contract (`Store`), kept by every store and checked by one suite (tests/store/contract.py).
"""

from tocsin.store.contract import Batch, Done, Link, Log, Receipt, Refusal, Snapshot, Store

__all__ = ["Batch", "Done", "Link", "Log", "Receipt", "Refusal", "Snapshot", "Store"]
