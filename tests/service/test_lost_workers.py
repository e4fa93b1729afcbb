"""A worker may be lost at any moment, also while it writes its result."""

import os
import signal
from pathlib import Path

import pytest

from data.mail.archives import open_items
from model.registry import Registry
from service.judgement import Order
from service.parcels import packed_chunk
from service.pools import processes
from service.workers import LostWorker

MAIL = "From: ana@x.example\nSubject: n\nDate: Thu, 5 Mar 2026 20:42:00 +0000\n\nWhere is the draft?\n"


def test_a_worker_lost_amid_its_result_is_noticed(home: Path, tmp_path: Path) -> None:
    """Half a result in the pipe, and nobody there to write the rest: the chunk is lost, and can be sent again."""
    order = Order(home / "models", Registry(home / "models").champion_version() or "")
    (tmp_path / "one.eml").write_text(MAIL)
    parcel = packed_chunk(list(open_items(tmp_path / "one.eml")), ranges=False)
    with processes(2, order) as pool:
        assert len(pool.result(pool.submit(parcel))) == 1
        executor = pool._executor  # type: ignore[attr-defined]  # what a kill -9 does cannot be timed from outside
        executor._result_queue._writer._send((1_000).to_bytes(4, "big") + b"half of it")
        for process in list(executor._processes.values()):
            os.kill(process.pid, signal.SIGKILL)
        with pytest.raises(LostWorker):
            pool.result(pool.submit(parcel))
        assert pool.mend()
        assert len(pool.result(pool.submit(parcel))) == 1
