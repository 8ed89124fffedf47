"""Is a text readable in a folder's bytes? UTF-8, UTF-16, and Base64 at any offset."""

from base64 import b64encode


def forms(text):
    """Every way in which the text could stand in a file, as bytes to look for."""
    plain = text.encode()
    yield plain
    yield text.encode("utf-16-le")
    yield text.encode("utf-16-be")
    yield text.encode("unicode_escape")
    yield from (aligned(plain, offset) for offset in range(3))


def aligned(plain, offset):
    """The Base64 of it inside something longer: the outer characters are cut off."""
    padded = b64encode(b"\0" * offset + plain)
    start = -(-offset * 4 // 3)
    end = (offset + len(plain)) * 4 // 3
    return padded[start:end]


def found_in(folder, texts, *more):
    """(file, text) for each text that can be read somewhere under the folder."""
    wanted = [(text, form) for text in texts for form in forms(text)]
    wanted += [(repr(raw), raw) for raw in more]
    return [
        (path.relative_to(folder).as_posix(), text)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        for content in (path.read_bytes(),)
        for text, form in wanted
        if form in content
    ]
