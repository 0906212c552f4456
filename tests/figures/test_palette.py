"""Everybody can tell the colours apart: contrast after WCAG 2, colour blindness after Machado et al. 2009."""

import itertools

import numpy as np
import pytest

from cloudmarket.figures.palette import _OTHERS, SELLERS, styles
from cloudmarket.figures.theme import DARK, LIGHT

# Machado et al. 2009, table 1, severity 1.0, on linear RGB.
MACHADO = {
    "none": np.eye(3),
    "protan": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deutan": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritan": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}
TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
CORE = ("aws", "azure", "gcp", "openai")


def linear(colour):
    channels = np.array([int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)])
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


def lab(channels):
    ratios = TO_XYZ @ channels / TO_XYZ.sum(axis=1)
    f = np.where(ratios > 216 / 24389, np.cbrt(ratios), (24389 / 27 * ratios + 16) / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def contrast(one, other):
    low, high = sorted(float(TO_XYZ[1] @ linear(colour)) for colour in (one, other))
    return (high + 0.05) / (low + 0.05)


def test_the_measure_of_contrast_is_the_standards():
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.005)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.variant)
def test_every_colour_is_dark_or_light_enough_for_text(theme):
    colours = [style.colour(theme.variant) for style in SELLERS.values()]
    colours += [other[0 if theme is LIGHT else 1] for other in _OTHERS]
    colours += [theme.ink, theme.muted]
    assert min(contrast(colour, theme.background) for colour in colours) >= 4.5


@pytest.mark.parametrize("blindness", MACHADO)
@pytest.mark.parametrize("variant", ["light", "dark"])
def test_the_clouds_and_the_developers_stay_apart(variant, blindness):
    seen = {
        key: lab(np.clip(np.array(MACHADO[blindness]) @ linear(SELLERS[key].colour(variant)), 0, 1)) for key in CORE
    }
    distances = {pair: np.linalg.norm(seen[pair[0]] - seen[pair[1]]) for pair in itertools.combinations(CORE, 2)}
    # A difference of ten is seen at a glance; printing and cheap screens take some of it.
    assert min(distances.values()) > 15, distances


def test_sellers_differ_by_more_than_colour():
    looks = [(style.marker, style.dash) for style in SELLERS.values()]
    for key in CORE[:3]:
        look = (SELLERS[key].marker, SELLERS[key].dash)
        assert looks.count(look) == 1
    full = [(style.light, style.marker, style.dash) for style in SELLERS.values()]
    assert len(set(full)) == len(full)


def test_a_seller_keeps_its_style_whoever_stands_beside_it():
    assert styles(["gcp"])["gcp"] == styles(["other", "aws", "gcp"])["gcp"] == SELLERS["gcp"]
    assert styles(["aws"], {"aws": "Bedrock"})["aws"].label == "Bedrock"


def test_too_many_series_are_refused():
    with pytest.raises(ValueError, match="no style is left for 6"):
        styles(range(7))
