from __future__ import annotations


def report(start, tokens, at, text, bag):
    bag.add("K0303", text.span(tokens[at].start, tokens[at].end), found=tokens[at].text)
