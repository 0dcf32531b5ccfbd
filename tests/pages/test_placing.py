"""Labels of a chart stand apart from each other on phones and on wide screens."""

from pages.components.placing import WIDTHS, Place, Point, Wanted, _label_box, _overlap, place

HEIGHT = 260


def test_a_lone_label_stands_centred_on_the_wanted_side():
    point = Point(0.5, 130)

    assert place([Wanted("73.8", point, above=False)], [], [point], HEIGHT) == (Place(0.0, 18, "center"),)
    assert place([Wanted("73.8", point, above=True)], [], [point], HEIGHT) == (Place(0.0, -18, "center"),)


def test_labels_of_one_point_do_not_meet_at_any_width():
    point = Point(0.3, 130)
    wanted = [
        Wanted("73.8", point, False),
        Wanted("Achieved: 5.5 points", point, False),
        Wanted("Target", point, False),
    ]

    places = place(wanted, [], [point], HEIGHT)

    for width in WIDTHS:
        boxes = [_label_box(label, where, width) for label, where in zip(wanted, places, strict=True)]
        assert [_overlap(one, other) for at, one in enumerate(boxes) for other in boxes[at + 1 :]] == [0, 0, 0]


def test_a_label_at_the_edge_stays_inside():
    (where,) = place([Wanted("Target 10,000", Point(0.97, 5), above=True)], [], [], HEIGHT)

    assert where.dy >= 0
    assert where.align == "right"


def test_two_labels_in_one_line_stand_apart_from_each_other():
    point = Point(0.9, 30)
    wanted = [Wanted("15", point, above=True), Wanted("Achieved: 1.4 rivers a year", point, above=True)]
    path = [Point(0.05, 140), point]

    places = place(wanted, path, [point], HEIGHT)

    for width in WIDTHS:
        value, rate = (_label_box(label, where, width) for label, where in zip(wanted, places, strict=True))
        same_line = value.top < rate.bottom and rate.top < value.bottom
        assert not same_line or rate.right + 5 <= value.left
