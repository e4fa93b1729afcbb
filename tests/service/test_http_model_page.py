"""The page of the model: figures, calibration, history, card; and going back to the model before."""

import json
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import httpx
import pytest

from model.registry import Registry
from service.model_report import Bin, model_report, model_view
from service.settings import Settings

Running = Callable[[Settings], AbstractContextManager[httpx.Client]]


@pytest.fixture
def own_home(home: Path, tmp_path: Path) -> Path:
    """A home of one's own with the session's model in it."""
    shutil.copytree(home / "models", tmp_path / "models")
    return tmp_path


@pytest.fixture
def registry(own_home: Path) -> Registry:
    """Two reigns of two models: the session's, then one that differs from it in a word alone."""
    registry = Registry(own_home / "models")
    first = registry.champion_version()
    assert first is not None
    manifest = registry.manifest(first)
    other = registry.home / "2-ffffffffffff"
    shutil.copytree(registry.home / first, other)
    told = json.loads((other / "manifest.json").read_text()) | {"version": other.name}
    (other / "manifest.json").write_text(json.dumps(told))
    assert manifest.version == first
    registry.promote(other.name, "better on <everything>")
    return registry


@pytest.fixture
def served(own_home: Path, registry: Registry, running: Running) -> Iterator[httpx.Client]:
    assert registry.champion_version() == "2-ffffffffffff"
    with running(Settings(home=own_home, model_check_seconds=3600)) as client:
        yield client


def form_key(client: httpx.Client) -> str:
    found = re.search(r'name="form_key" value="([^"]+)"', client.get("/model").text)
    assert found
    return found[1]


def test_the_page_tells_what_is_in_use_and_how_good_it_is(served: httpx.Client, registry: Registry) -> None:
    """Version, figures of every label, a calibration plot with a table, the history with reasons, escaped."""
    page = served.get("/model").text
    metrics = registry.manifest("2-ffffffffffff").metrics
    for part in ("2-ffffffffffff", f"{metrics['archetypes']:.2f}", "Label by label", "better on &lt;everything&gt;"):
        assert part in page
    assert page.count('class="fill"') == 9
    assert page.count('<circle class="told"') == len(model_view(registry, "2-ffffffffffff").bins) > 3
    assert len(re.findall(r"<code>\d+-[0-9a-f]{12}</code>", page)) == 3
    assert "first model" in page


def test_the_card_is_shown_in_a_cage_of_its_own(served: httpx.Client) -> None:
    """The card comes whole; its inline styles are let through for it alone, and scripts never."""
    link = re.search(r'href="(/models/[^"]+/card)"', served.get("/model").text)
    assert link
    card = served.get(link[1])
    assert card.headers["content-type"].startswith("text/html")
    assert "What it must not be used for" in card.text
    policy = card.headers["content-security-policy"]
    assert "sandbox" in policy
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert served.get("/models/2-000000000000/card").status_code == 404


def test_going_back_asks_to_be_sure(served: httpx.Client, registry: Registry) -> None:
    """Without the tick nothing happens; with it the model before judges at once."""
    key, used = form_key(served), registry.champion_version()
    assert used is not None
    refused = served.post("/model/rollback", data={"form_key": key, "version": used})
    assert refused.status_code == 422
    assert 'role="alert"' in refused.text
    assert registry.champion_version() == used
    done = served.post("/model/rollback", data={"form_key": key, "version": used, "sure": "yes"}, follow_redirects=True)
    assert "Rolled back" in done.text
    assert registry.champion_version() != used
    assert served.get("/readyz").json()["model"] == registry.champion_version()


def test_going_back_from_what_one_did_not_see_is_refused(served: httpx.Client, registry: Registry) -> None:
    """Where another model came into use since the page was loaded, nobody rolls back the wrong one."""
    fields = {"form_key": form_key(served), "version": "2-000000000000", "sure": "yes"}
    assert served.post("/model/rollback", data=fields).status_code == 422
    assert registry.champion_version() == "2-ffffffffffff"


def test_without_a_model_the_page_says_so(tmp_path: Path, running: Running) -> None:
    """An empty registry is no error."""
    with running(Settings(home=tmp_path)) as client:
        assert "There is no model yet" in client.get("/model").text
        assert "Nothing is left to label" in client.get("/labels").text


def test_a_model_that_cannot_be_read_is_told(own_home: Path) -> None:
    """A damaged manifest leaves the page with the reason and the history."""
    registry = Registry(own_home / "models")
    version = registry.champion_version()
    assert version is not None
    (registry.home / version / "manifest.json").write_text("{")
    report = model_report(registry, running=version)
    assert report.used is None
    assert "manifest" in report.broken
    assert len(report.history) == 1


def test_bins_of_several_labels_are_put_together(own_home: Path) -> None:
    """The plot of all labels counts each judgement once, at its mean."""
    registry = Registry(own_home / "models")
    version = registry.champion_version()
    assert version is not None
    view = model_view(registry, version)
    assert sum(one.messages for one in view.bins) == sum(one.messages for label in view.labels for one in label.bins)
    assert [one.said for one in view.bins] == sorted(one.said for one in view.bins)
    assert Bin(0.5, 1.0, 4).y < Bin(0.5, 0.0, 4).y
