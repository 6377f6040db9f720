"""RFC 7946, restated: a collection of features, read as strictly as it is written there."""

DEEP = {
    "Point": 0,
    "MultiPoint": 1,
    "LineString": 1,
    "MultiLineString": 2,
    "Polygon": 2,
    "MultiPolygon": 3,
}
"""How deep positions are nested, by the type of a geometry (section 3.1)."""

OF_OTHERS = {"coordinates", "geometries", "geometry", "properties", "features"}
"""Members with a meaning of their own, which no object of another type has (section 7.1)."""


def check_collection(found):
    """Hold a FeatureCollection against sections 3.3 and 7.1."""
    assert found["type"] == "FeatureCollection"
    assert not found.keys() & (OF_OTHERS - {"features"})
    assert isinstance(found["features"], list)
    for feature in found["features"]:
        check_feature(feature)


def check_feature(feature):
    """Hold a Feature against section 3.2."""
    assert feature["type"] == "Feature"
    assert not feature.keys() & {"coordinates", "geometries", "features"}
    assert isinstance(feature["id"], str | int | float)
    assert feature["properties"] is None or isinstance(feature["properties"], dict)
    if feature["geometry"] is not None:
        check_geometry(feature["geometry"])


def check_geometry(geometry, *, inner=False):
    """Hold a geometry against section 3.1."""
    kind = geometry["type"]
    assert not geometry.keys() & {"geometry", "properties", "features"}
    if kind == "GeometryCollection":
        assert not inner
        assert "coordinates" not in geometry
        for each in geometry["geometries"]:
            check_geometry(each, inner=True)
        return
    assert "geometries" not in geometry
    for line in lines(geometry["coordinates"], DEEP[kind]):
        for longitude, latitude, *more in line:
            assert abs(longitude) <= 180
            assert abs(latitude) <= 90
            assert len(more) <= 1
        if kind.endswith("LineString"):
            assert len(line) >= 2
        if kind.endswith("Polygon"):
            assert len(line) >= 4
            assert line[0] == line[-1]


def lines(coordinates, deep):
    """Give the lists of positions in coordinates."""
    if deep == 0:
        yield [coordinates]
    elif deep == 1:
        yield coordinates
    else:
        for inner in coordinates:
            yield from lines(inner, deep - 1)
