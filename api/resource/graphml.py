"""GraphML: networks as programs for them read it (http://graphml.graphdrawing.org)."""

import re
from collections.abc import Iterable, Mapping
from typing import Any
from xml.etree import ElementTree as ET

GRAPHML = "application/graphml+xml"

NAMESPACE = "http://graphml.graphdrawing.org/xmlns"

NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that cannot stand in XML 1.0, however they are written (section 2.2)."""

NODES = {"label": "string", "kind": "string", "count": "int", "distance": "int"}
EDGES = {
    "weight": "double",
    "relation": "string",
    "count": "int",
    "possible": "int",
    "disputed": "int",
    "first": "string",
    "last": "string",
}
"""Attributes of nodes and edges, and their types; of edges one more for each type of event."""


def write(nodes: Iterable[Mapping[str, Any]], links: Iterable[Mapping[str, Any]]) -> bytes:
    """Write a graph whose edges all have a direction, as readers want it.

    The `weight` of a link is the number of its events, possible ones too; what is not known is left
    out.
    """
    edges = [edge(link) for link in links]
    types = sorted({name for each in edges for name in each if name.startswith("type_")})
    ET.register_namespace("", NAMESPACE)
    root = ET.Element(tag("graphml"))
    for name, kind in NODES.items():
        declare(root, "node", name, kind)
    for name, kind in {**EDGES, **dict.fromkeys(types, "int")}.items():
        declare(root, "edge", name, kind)
    graph = ET.SubElement(root, tag("graph"), id="network", edgedefault="directed")
    for node in nodes:
        element = ET.SubElement(graph, tag("node"), id=node["id"])
        describe(element, "node", {**node, "label": node["name"]}, NODES)
    for number, (link, each) in enumerate(zip(links, edges, strict=True)):
        ends = {"source": link["source"], "target": link["target"]}
        element = ET.SubElement(graph, tag("edge"), {"id": f"e{number}", **ends})
        describe(element, "edge", each, {**EDGES, **dict.fromkeys(types, "int")})
    text: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return text + b"\n"


def edge(link: Mapping[str, Any]) -> dict[str, Any]:
    """Give the attributes of a link."""
    types = {f"type_{name}": number for name, number in link["types"].items()}
    return {**link, **types, "weight": float(link["count"] + link["possible"])}


def tag(name: str) -> str:
    """Name an element of GraphML."""
    return f"{{{NAMESPACE}}}{name}"


def declare(root: ET.Element, part: str, name: str, kind: str) -> None:
    """Declare an attribute of nodes or edges."""
    given = {"id": f"{part}_{name}", "for": part, "attr.name": name, "attr.type": kind}
    ET.SubElement(root, tag("key"), given)


def describe(
    element: ET.Element, part: str, values: Mapping[str, Any], known: Mapping[str, str]
) -> None:
    """Give a node or an edge its attributes, as far as they are known."""
    for name in known:
        if values.get(name) is not None:
            data = ET.SubElement(element, tag("data"), key=f"{part}_{name}")
            data.text = NO_XML.sub("\ufffd", str(values[name]))
