#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What test_schema.sh asks of JSON: does it have the form that doc/schema/ says?

    schema.py DIR   DIR/index names a file of DIR and a schema a line: "12.json check". Each line
                    of the file is an object of that schema, or the error object, and there is at
                    least one. What is wrong goes to 12.json.bad.
    schema.py       every file of doc/schema is a schema, and refuses a field too many or too few.
                    Says what is wrong, a line each; exit 1 when anything is.

Run in the source tree.
"""
import copy
import json
import os
import sys
import warnings

warnings.simplefilter("ignore")
import jsonschema  # noqa: E402

FOLDER = "doc/schema"


def load(name):
    with open(f"{FOLDER}/{name}.json", encoding="utf-8") as f:
        return json.load(f)


def whole(name):
    """A schema with the shared definitions in itself, so that no resolver is asked."""
    def local(node):
        if isinstance(node, dict):
            return {k: v.replace("common.json#", "#") if k == "$ref" else local(v)
                    for k, v in node.items()}
        return [local(v) for v in node] if isinstance(node, list) else node
    schema = local(load(name))
    schema["$defs"] = {**local(load("common"))["$defs"], **schema.get("$defs", {})}
    return schema


def validator(name):
    return jsonschema.Draft202012Validator(whole(name))


def place(error):
    return "/".join(str(p) for p in error.absolute_path) or "top"


def complaints(path, main, failed):
    n = 0
    with open(path, encoding="utf-8") as f:
        for n, line in enumerate(f, 1):
            document = json.loads(line)
            is_error = document.get("schema") == "stop7b.error/1"
            for error in (failed if is_error else main).iter_errors(document):
                deepest = jsonschema.exceptions.best_match([error])
                yield f"{document.get('schema')}, {place(deepest)}: {deepest.message[:200]}"
    if n == 0:
        yield "no output"


def validate(folder):
    failed, known = validator("error"), {}
    with open(folder + "/index", encoding="utf-8") as f:
        for line in f:
            file, name = line.split()
            if name not in known:
                known[name] = validator(name)
            bad = list(complaints(f"{folder}/{file}", known[name], failed))
            with open(f"{folder}/{file}.bad", "w", encoding="utf-8") as out:
                out.writelines(text + "\n" for text in bad)
    return False


def example(schema, root, depth=0):
    """Some document that fits; only what these schemas use."""
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[1]
        return None if depth > 12 else example(root["$defs"][name], root, depth + 1)
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return schema["enum"][0]
    if "anyOf" in schema or "oneOf" in schema:
        return example((schema.get("anyOf") or schema["oneOf"])[-1], root, depth + 1)
    kind = schema["type"]
    kind = kind[0] if isinstance(kind, list) else kind
    if kind == "object":
        return {k: example(v, root, depth + 1) for k, v in schema.get("properties", {}).items()}
    if kind == "array":
        return [example(schema["items"], root, depth + 1)] * schema.get("minItems", 1)
    samples = {"^E_": "E_IO", "^[A-Z]": "R1", "^[0-9a-f]{8}": "11000001",
               "^\\d{4}": "2026-01-01T00:00:00Z",
               "^\\{": "{9dea862c-5cdd-4e70-acc1-f32b344d4795}"}
    if kind == "string":
        return next((v for k, v in samples.items() if schema.get("pattern", "").startswith(k)), "")
    return {"integer": 0, "boolean": False, "null": None}[kind]


def objects(node, path=()):
    if isinstance(node, dict):
        yield path
        for k, v in node.items():
            yield from objects(v, path + (k,))
    elif isinstance(node, list):
        for i, v in enumerate(node):
            yield from objects(v, path + (i,))


def at(node, path):
    for step in path:
        node = node[step]
    return node


def judge_strictness(name):
    schema, check = whole(name), validator(name)
    sample = example(schema, schema)
    for error in check.iter_errors(sample):
        yield f"{name}: the example does not fit: {place(error)}: {error.message}"
    for path in objects(sample):
        surplus = copy.deepcopy(sample)
        at(surplus, path)["surplus"] = "x"
        if check.is_valid(surplus):
            yield f"{name}: takes any field in {path or 'the object'}"
        for field in at(sample, path):
            less = copy.deepcopy(sample)
            del at(less, path)[field]
            if check.is_valid(less):
                yield f"{name}: does without {field} in {path or 'the object'}"


def sound():
    bad = 0
    for file in sorted(os.listdir(FOLDER)):
        name = file[:-len(".json")]
        jsonschema.Draft202012Validator.check_schema(load(name))
        if name != "common":
            for text in judge_strictness(name):
                print(text)
                bad += 1
    return bad > 0


sys.exit(validate(sys.argv[1]) if len(sys.argv) > 1 else sound())
