"""What the project says of itself and its data: the citation file is valid, the recipe of the data statement works, its counts are true."""

import json
import re
from pathlib import Path

import jsonschema
import pytest
import yaml

import qdlib as qd

ROOT = Path(__file__).parent.parent
STATEMENT = (ROOT / "DATA.md").read_text("utf-8")
SCHEMA = json.loads(
    (ROOT / "tests" / "cases" / "cff-1.2.0.schema.json").read_text("utf-8")
)  # as cffconvert 2.0.0 ships it


def citation():
    """The citation file, with dates as texts, as its schema wants them."""
    return yaml.load((ROOT / "CITATION.cff").read_text("utf-8"), Loader=yaml.BaseLoader)


def test_the_citation_file_is_valid():
    jsonschema.Draft7Validator(SCHEMA, format_checker=jsonschema.FormatChecker()).validate(citation())


@pytest.mark.parametrize(
    "change", [{"authors": []}, {"date-released": "yesterday"}, {"license": "mine"}, {"titel": "x"}]
)
def test_the_schema_rejects_what_is_wrong(change):
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft7Validator(SCHEMA).validate(citation() | change)


def test_the_citation_is_of_this_version():
    assert citation()["version"] == qd.__version__ and citation()["license"] == "MIT"


def test_the_counts_of_the_data_statement_are_those_of_the_corpus(corpus):
    persons, quotations = qd.find_persons(corpus), qd.find_quotations(corpus)
    kinds = quotations["kind"].value_counts()
    told = f"of {len(quotations)} quotations that the program finds {kinds['leader']} are of leaders and {kinds['cadre']} of cadres, {kinds['citizen']} of citizens"
    assert told in " ".join(STATEMENT.split())
    assert f"finds {persons['name'].nunique()} persons in {len(persons)} places" in STATEMENT


def test_the_recipe_puts_codes_in_the_place_of_every_name_found(corpus, monkeypatch):
    monkeypatch.chdir(ROOT)
    done = {}
    exec(re.search(r"```python\n(.*?)```", STATEMENT, re.DOTALL)[1], done)
    text = done["persons"].to_csv() + done["quotations"].to_csv()
    names = set(qd.find_persons(corpus)["name"])
    assert len(names) > 10 and [name for name in names if name in text] == []
    assert set(done["persons"]["name"]) <= set(done["codes"].values()) and len(set(done["codes"].values())) == len(
        done["codes"]
    )
    assert not {"source", "line", "start", "end"} & {*done["persons"], *done["quotations"]}
