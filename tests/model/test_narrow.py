"""Sparse rows as plain arrays do what scipy's matrices do."""

import numpy as np
import pytest
from scipy import sparse

from model.narrow import Narrow, ends_of, matrix_product, product, used


@pytest.fixture
def wide() -> sparse.csr_matrix:
    """Forty rows of a thousand columns, some rows empty."""
    matrix = sparse.random(40, 1_000, density=0.02, format="csr", dtype=np.float32, random_state=0)
    return sparse.csr_matrix(matrix.multiply(np.arange(40)[:, None] % 7 > 0), dtype=np.float32)


def test_products_are_those_of_the_matrices(wide: sparse.csr_matrix) -> None:
    """Times a dense matrix, and times a sparse one: the same numbers to the last bit."""
    random = np.random.default_rng(0)
    narrow = Narrow.of(wide)
    dense = random.normal(size=(len(narrow.columns), 5)).astype(np.float32)
    assert np.array_equal(product(narrow.data, narrow.indices, narrow.ends, dense), narrow.matrix @ dense)
    members = sparse.random(6, 40, density=0.3, format="csr", dtype=np.float32, random_state=1)
    rows = (narrow.data, narrow.indices, narrow.ends)
    own = matrix_product((members.data, members.indices, members.indptr), rows, len(narrow.columns))
    theirs = members @ narrow.matrix
    assert (sparse.csr_matrix(own, shape=theirs.shape) != theirs).nnz == 0


@pytest.mark.parametrize("rows", [slice(0, 0), slice(3, 9), slice(35, None), slice(None)])
def test_slices_are_rows(wide: sparse.csr_matrix, rows: slice) -> None:
    """A slice has the rows that indices would give."""
    narrow = Narrow.of(wide)
    assert len(narrow[rows]) == len(range(40)[rows])
    assert (narrow[rows].wide != wide[rows]).nnz == 0
    assert (narrow[np.arange(40)[rows]].wide != wide[rows]).nnz == 0


@pytest.mark.parametrize("width", [50, 1_000_000])
def test_columns_are_numbered_in_order(width: int) -> None:
    """Few among many are sorted, many among few ticked off: the same distinct ones, in the same places."""
    numbers = np.array([7, 3, 49, 3, 0, 7], dtype=np.int64)
    distinct, place = used(numbers, width)
    assert distinct.tolist() == [0, 3, 7, 49]
    assert distinct[place].tolist() == numbers.tolist()


def test_ends_of_rows_without_entries() -> None:
    """A row that has none begins where the next one does."""
    assert ends_of(np.array([1, 1, 3], dtype=np.int64), 5).tolist() == [0, 0, 2, 2, 3, 3]
