"""Payload types by description, and their values from and to JSON.

A description is the name of a scalar ("u64"), {"struct": type name, "fields": {name: description}},
{"array": description, "length": n} or, as a whole payload only, {"slice": description}.
"""

import ctypes
import json

import iceoryx2 as iox2


class Bigint(int):
    """An integer that the other side shall see as a bigint, however small it is."""


def _named(name, base):
    """A scalar whose iceoryx2 name cannot be told from its ctypes class."""
    return type(name, (base,), {"type_name": staticmethod(lambda: name)})


SCALARS = {
    "i8": ctypes.c_int8,
    "i16": ctypes.c_int16,
    "i32": ctypes.c_int32,
    "i64": ctypes.c_int64,
    "u8": ctypes.c_uint8,
    "u16": ctypes.c_uint16,
    "u32": ctypes.c_uint32,
    "u64": ctypes.c_uint64,
    "isize": _named("isize", ctypes.c_int64),
    "usize": _named("usize", ctypes.c_uint64),
    "f32": ctypes.c_float,
    "f64": ctypes.c_double,
    "bool": ctypes.c_bool,
}
BIGINTS = ("i64", "u64", "isize", "usize")


def is_slice(description):
    """Whether a message holds a run of elements."""
    return isinstance(description, dict) and "slice" in description


def payload_class(description):
    """What the wheel wants as the type of a payload."""
    return iox2.Slice[ctype(description["slice"])] if is_slice(description) else ctype(description)


def ctype(description):
    """The ctypes class of a type of fixed size."""
    if isinstance(description, str):
        return SCALARS[description]
    if "array" in description:
        return ctype(description["array"]) * description["length"]
    fields = [(name, ctype(field)) for name, field in description["fields"].items()]
    return type("Struct", (ctypes.Structure,), {"_fields_": fields, "type_name": lambda: description["struct"]})


def _parts(description, address):
    """The fields or elements of a composed type as (key, description, address)."""
    if "array" in description:
        size = ctypes.sizeof(ctype(description["array"]))
        return [(index, description["array"], address + index * size) for index in range(description["length"])]
    struct = ctype(description)
    return [(name, field, address + getattr(struct, name).offset) for name, field in description["fields"].items()]


def write(description, address, value):
    """Writes a value of fixed size."""
    if isinstance(description, str):
        SCALARS[description].from_address(address).value = value
        return
    for key, part, at in _parts(description, address):
        write(part, at, value[key])


def read(description, address):
    """Reads a value of fixed size."""
    if isinstance(description, str):
        value = SCALARS[description].from_address(address).value
        return Bigint(value) if description in BIGINTS else value
    values = {key: read(part, at) for key, part, at in _parts(description, address)}
    return list(values.values()) if "array" in description else values


def write_slice(description, address, values):
    """Writes the elements of a slice: bytes at once, all else one by one."""
    if isinstance(values, bytes):
        ctypes.memmove(address, values, len(values))
        return
    element = description["slice"]
    size = ctypes.sizeof(ctype(element))
    for index, value in enumerate(values):
        write(element, address + index * size, value)


def read_slice(description, address, length):
    """Reads a slice of `length` elements. The caller takes the length from the header: the wheel's own counts bytes."""
    element = description["slice"]
    if element == "u8":
        return ctypes.string_at(address, length)
    size = ctypes.sizeof(ctype(element))
    return [read(element, address + index * size) for index in range(length)]


def _mark(value):
    """Copies a value and marks what JSON cannot say."""
    if isinstance(value, Bigint):
        return {"$bigint": str(int(value))}
    if isinstance(value, bytes):
        return {"$bytes": value.hex()}
    if isinstance(value, dict):
        return {key: _mark(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_mark(item) for item in value]
    return value


def _unmark(value):
    if "$bigint" in value:
        return int(value["$bigint"])
    if "$bytes" in value:
        return bytes.fromhex(value["$bytes"])
    return value


def to_line(value):
    """One line of JSON."""
    return json.dumps(_mark(value)) + "\n"


def from_line(line):
    """The value of one line of JSON."""
    return json.loads(line, object_hook=_unmark)
