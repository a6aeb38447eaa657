"""The contract suite is imported, not collected: let its assertions explain themselves all the same."""

import pytest

pytest.register_assert_rewrite("tests.store.contract", "tests.store.audit")
