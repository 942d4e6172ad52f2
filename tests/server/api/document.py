# SPDX-License-Identifier: AGPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Daorian developers

"""The OpenAPI document as a judge: is an answer documented, does its body fit the schema, was each documented
answer seen. Knows as much of JSON Schema as the document uses and refuses the rest."""

import json
import re

KNOWN = {"$ref", "type", "properties", "required", "additionalProperties", "items", "enum", "const", "oneOf", "pattern",
         "minimum", "maximum", "minLength", "maxLength", "description", "default"}
TYPES = {"object": dict, "array": list, "string": str, "boolean": bool, "integer": int, "number": (int, float),
         "null": type(None)}


class Document:
    def __init__(self, text):
        self.root = json.loads(text)
        self.seen = set()
        self.undocumented = []

    def resolve(self, node):
        while "$ref" in node:
            target = self.root
            for part in node["$ref"].removeprefix("#/").split("/"):
                target = target[part]
            node = target
        return node

    def operations(self):
        """Every (METHOD, path) of the document."""
        return {(method.upper(), path) for path, methods in self.root["paths"].items() for method in methods}

    def documented_answers(self):
        return {(method.upper(), path, int(status))
                for path, methods in self.root["paths"].items()
                for method, operation in methods.items()
                for status in operation["responses"] if status != "default"}

    def judge(self, method, path, answer):
        """Notes the answer; gives a list of what is wrong with it."""
        operation = self.root["paths"][path][method.lower()]
        response = operation["responses"].get(str(answer.status))
        if response is None:
            self.undocumented.append(f"{method} {path} {answer.status}")
            return [f"{method} {path}: {answer.status} is not documented"]
        self.seen.add((method, path, answer.status))
        return [f"{method} {path} {answer.status}: {fault}" for fault in self._judge_body(self.resolve(response), answer)]

    def _judge_body(self, response, answer):
        content = response.get("content")
        media = answer.headers.get("content-type", "").split(";")[0]
        if content is None:
            return ["has a body"] if answer.body else []
        if media not in content and "*/*" not in content:
            return [f"is {media}, not {list(content)}"]
        for name in response.get("headers", {}):
            if name.lower() not in answer.headers:
                return [f"has no {name}"]
        schema = content.get(media, {}).get("schema")
        if schema is None or not media.endswith("json"):
            return []
        return list(self.check(json.loads(answer.body), schema, "$"))

    def check(self, value, schema, where):
        schema = self.resolve(schema)
        unknown = set(schema) - KNOWN
        assert not unknown, f"the judge does not know {unknown}"
        if "oneOf" in schema:
            fits = [option for option in schema["oneOf"] if not list(self.check(value, option, where))]
            if len(fits) != 1:
                yield f"{where}: fits {len(fits)} of oneOf: {value!r}"
            return
        if "type" in schema and not self._is_type(value, schema["type"]):
            yield f"{where}: {value!r} is not {schema['type']}"
            return
        if "enum" in schema and value not in schema["enum"]:
            yield f"{where}: {value!r} is not one of {schema['enum']}"
        if "const" in schema and value != schema["const"]:
            yield f"{where}: {value!r} is not {schema['const']}"
        yield from self._check_size(value, schema, where)
        if isinstance(value, dict):
            yield from self._check_members(value, schema, where)
        if isinstance(value, list):
            for index, item in enumerate(value):
                yield from self.check(item, schema.get("items", {}), f"{where}[{index}]")

    @staticmethod
    def _is_type(value, wanted):
        for name in [wanted] if isinstance(wanted, str) else wanted:
            if isinstance(value, TYPES[name]) and not (isinstance(value, bool) and name != "boolean"):
                return True
        return False

    @staticmethod
    def _check_size(value, schema, where):
        if isinstance(value, str):
            if "pattern" in schema and not re.search(schema["pattern"], value):
                yield f"{where}: {value!r} does not match"
            if not schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", len(value)):
                yield f"{where}: {len(value)} characters"
        elif isinstance(value, int) and not isinstance(value, bool):
            if not schema.get("minimum", value) <= value <= schema.get("maximum", value):
                yield f"{where}: {value} is out of range"

    def _check_members(self, value, schema, where):
        members = schema.get("properties", {})
        for name in schema.get("required", []):
            if name not in value:
                yield f"{where}.{name}: is missing"
        for name, item in value.items():
            if name in members:
                yield from self.check(item, members[name], f"{where}.{name}")
            elif schema.get("additionalProperties") is False:
                yield f"{where}.{name}: is not documented"
