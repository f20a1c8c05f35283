"""Arrow data that is damaged is refused in words, whatever its layout, and ends no process."""

import struct

import pandas as pd
import pyarrow as pa
import pytest
from damaged_columns import Column, Rows, Stream, described

import callr_segment as sms
from callr_segment.campaign.costing.plan import Plan
from callr_segment.errors import InputError

TO = ["+33639980102", "+33639980103", "+33639980104"]
PLAN = Plan({None: sms.Template("Bonjour {name}")}, to="to")


def of_bytes(kind, rows, *buffers):
    return pa.Array.from_buffers(
        kind, rows, [body if body is None else pa.py_buffer(body) for body in buffers]
    )


def texts(*ends, kind=None, data=b"abcdef"):
    """Texts between such offsets."""
    return of_bytes(kind or pa.string(), len(ends) - 1, None, struct.pack(f"={len(ends)}i", *ends), data)


def views(*cells, data=b"a" * 40):
    packed = b"".join(struct.pack("<i4sii", size, b"aaaa", buffer, start) for size, buffer, start in cells)
    return of_bytes(pa.string_view(), len(cells), None, packed, data)


def indices(code, kind, *cells):
    body = of_bytes(kind, len(cells), None, struct.pack(f"={len(cells)}{code}", *cells))
    return pa.DictionaryArray.from_arrays(body, pa.array(["FR", "BE"]), safe=False)


DAMAGED = {
    "offsets fall": (texts(0, 2, 1, 3), 1),
    "an offset is past the end": (texts(0, 1, 1 << 30, 6), 1),
    "an offset is negative": (texts(0, -4, 2, 6), 0),
    "wide offsets fall": (
        of_bytes(pa.large_string(), 3, None, struct.pack("=4q", 0, 1, 1 << 60, 3), b"abc"),
        1,
    ),
    "a view is of no buffer": (views((1, 0, 0), (20, 7, 0), (1, 0, 0)), 1),
    "a view is past the end": (views((1, 0, 0), (1, 0, 0), (20, 0, 21)), 2),
    "a view starts before": (views((20, 0, -1), (1, 0, 0), (1, 0, 0)), 0),
    "a view has a negative size": (views((1, 0, 0), (-1, 0, 0), (1, 0, 0)), 1),
    "an index is past the end": (indices("i", pa.int32(), 0, 2, 1), 1),
    "an index is negative": (indices("b", pa.int8(), 0, 1, -1), 2),
    "an index is huge": (indices("Q", pa.uint64(), 1 << 63, 0, 0), 0),
    "a dictionary's offsets fall": (
        pa.DictionaryArray.from_arrays(pa.array([0, 1, 0]), texts(0, 9, 1)),
        None,
    ),
    "nulls are miscounted": (
        pa.Array.from_buffers(
            pa.string(),
            3,
            [pa.py_buffer(b"\x05"), pa.py_buffer(struct.pack("=4i", 0, 1, 2, 3)), pa.py_buffer(b"abc")],
            null_count=2,
        ),
        None,
    ),
}
ROLES = ("to", "name", "country", "network", "sender", "traffic", "encoding", "default_region", "choose")


def asked(role):
    options = {"text": {"a": "{name}"} if role == "choose" else "Bonjour {name}", "to": "to"}
    return options if role in ("to", "name") else {**options, role: role}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("damage", DAMAGED)
def test_every_role_is_refused_by_its_column_and_row(role, damage):
    column, row = DAMAGED[damage]
    frame = pa.table({"to": TO, "name": TO} | {role: column})
    with pytest.raises(
        InputError, match=f"column '{role}'.*: the Arrow data is damaged: .*; make it anew"
    ) as caught:
        sms.estimate(frame, **asked(role))
    assert (caught.value.column, caught.value.row) == (role, row)


@pytest.mark.parametrize("damage", DAMAGED)
@pytest.mark.parametrize(
    "door",
    [
        lambda frame: sms.enrich(frame.to_batches()[0], PLAN),
        lambda frame: sms.check_many(frame, text="Bonjour {name}", to="to"),
        lambda frame: sms.RateCard({"FR": 4}, currency="EUR").coverage(frame, network="name"),
        lambda frame: sms.RateCard.learn(frame, network="name", parts="to", cost="to", currency="EUR"),
        lambda frame: sms.estimate(frame, text="x").by("name"),
        lambda frame: sms.estimate(frame.to_pandas(types_mapper=pd.ArrowDtype), text="{name}"),
        lambda frame: sms.reconcile(
            sms.estimate(pa.table({"to": TO}), text="x", to="to"), as_receipts(frame)
        ),
        lambda frame: sms.segment_many(frame["name"]),
        lambda frame: sms.estimate(pa.table({"to": TO}), text="x", to="to", exclude=frame["name"]),
    ],
)
def test_every_door_refuses_it(door, damage):
    frame = pa.table({"to": TO, "name": DAMAGED[damage][0]})
    with pytest.raises(InputError, match="the Arrow data is damaged: "):
        door(frame)


def as_receipts(frame):
    return frame.rename_columns(["to", "text"]).append_column("parts", pa.array([1, 1, 1]))


def test_a_row_is_that_of_the_column_whatever_its_chunks():
    chunks = pa.chunked_array([["a", "b"], texts(0, 9, 1), ["c"]])
    frame = pa.table({"to": [*TO, "n/a", "n/a"][: len(chunks)], "name": chunks})
    with pytest.raises(InputError) as caught:
        sms.estimate(frame, text="{name}", to="to")
    assert (caught.value.column, caught.value.row) == ("name", 2)


@pytest.mark.parametrize("kind", ["string", "large_string", "string_view", "dictionary i string"])
@pytest.mark.parametrize("role", ROLES)
def test_texts_that_are_not_utf8_name_their_column(kind, role):
    column = described(kind, ["FR", "a longer one than a view", "FR"])
    place = column.dictionary or column
    at = 1 if kind == "string_view" else 2
    place.buffers[at] = place.buffers[at].replace(b"FR", b"F\xff")
    frame = Rows({"to": described("string", TO), "name": described("string", TO), role: column}, 3, ONE, None)
    with pytest.raises(InputError, match="UTF-8"):
        sms.estimate(frame, **asked(role))


class One:
    """What chance decides where nothing is left to it."""

    def random(self):
        return 0.5


ONE = One()


def broken(change):
    """A column of texts whose structure is changed."""
    column = Column(described("string", TO), ONE)
    change(column.array)
    return column


@pytest.mark.parametrize(
    "change",
    [
        lambda array: setattr(array, "length", -1),
        lambda array: setattr(array, "length", 1 << 62),
        lambda array: setattr(array, "offset", -1),
        lambda array: setattr(array, "null_count", 4),
        lambda array: setattr(array, "null_count", 2),
        lambda array: setattr(array, "n_buffers", 2),
        lambda array: setattr(array, "n_children", 1),
        lambda array: setattr(array, "buffers", None),
        lambda array: array.buffers.__setitem__(1, None),
        lambda array: array.buffers.__setitem__(2, None),
        lambda array: setattr(array, "release", type(array.release)()),
    ],
)
@pytest.mark.parametrize("as_stream", [False, True])
def test_a_structure_that_cannot_be_is_refused_before_it_is_read(change, as_stream):
    column = broken(change)
    if as_stream and not column.array.release:
        pytest.skip("a stream ends there")
    source = Stream(pa.field("", pa.string()), [column.array], kept=column) if as_stream else column
    with pytest.raises(InputError, match="the Arrow data is damaged: "):
        sms.segment_many(source)


def test_a_stream_that_fails_says_why_in_whatever_encoding():
    with pytest.raises(InputError, match="the Arrow stream failed: d\ufffdfaut"):
        sms.segment_many(Stream(pa.field("", pa.string()), [], failing=True))


def test_a_column_that_is_shorter_than_its_frame_is_named():
    columns = {"to": described("string", TO), "name": described("string", TO[:2])}
    with pytest.raises(InputError, match="column 'name': the Arrow data is damaged: it has 2 of 3 rows"):
        sms.estimate(Rows(columns, 3, ONE, None), text="{name}", to="to")


def test_rubbish_under_nulls_is_no_damage():
    index = of_bytes(pa.int32(), 3, b"\x05", struct.pack("=3i", 0, 1 << 30, 1))
    column = pa.DictionaryArray.from_arrays(index, pa.array(["FR", "BE"]), safe=False)
    frame = pa.table({"to": ["+33639980102", "+32470000001", "+32470000002"], "pays": column})
    assert sms.estimate(frame, text="x", to="to", country="pays").rows["country"].tolist() == [
        "FR",
        "BE",
        "BE",
    ]


def test_other_libraries_are_read_as_before():
    table = pa.table(
        {"to": TO, "name": pa.array(["Zoé", None, "a longer one than a view"], pa.string_view())}
    )
    columns = {name: described("string_view", table[name].to_pylist()) for name in table.column_names}
    found = sms.estimate(Rows(columns, 3, ONE, None), text="Bonjour {name}", to="to")
    assert found.rows.equals(sms.estimate(table, text="Bonjour {name}", to="to").rows)
