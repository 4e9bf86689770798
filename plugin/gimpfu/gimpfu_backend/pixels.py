"""Pixels as GIMP 2 gives them to Python: regions and tiles over 8 bits a channel.

All regions and tiles of a drawable share one copy of its pixels, read when it is first asked for. What was written goes back
before anything else may look: `settle()` is called ahead of every procedure.
"""

from __future__ import annotations

from gimpfu_backend import host
from gimpfu_python2.strings import Bytes, raw

TILE = 64  # pixels: the tile's side, GIMP 2's


class Surface:
    """All pixels of a drawable, or of its shadow, and which rows and columns were written."""

    def __init__(self, ID, shadow, width, height, bpp):
        self.ID, self.shadow, self.width, self.height, self.bpp = ID, shadow, width, height, bpp
        self.data = bytearray(host.read(ID, shadow))
        self.dirty = None  # left, top, right, bottom

    def read(self, left, top, right, bottom):
        bpp, row = self.bpp, self.width * self.bpp
        if right - left == self.width:
            return Bytes(self.data[top * row : bottom * row])
        if bottom - top == 1:
            return Bytes(self.data[top * row + left * bpp : top * row + right * bpp])
        return Bytes(b"".join(self.data[y * row + left * bpp : y * row + right * bpp] for y in range(top, bottom)))

    def write(self, left, top, right, bottom, data):
        data, bpp, row = raw(data), self.bpp, self.width * self.bpp
        if len(data) != (right - left) * (bottom - top) * bpp:
            wanted = f"{right - left} x {bottom - top} pixels of {bpp} bytes"
            raise TypeError(f"string is wrong length: {len(data)} bytes for {wanted}")
        step = (right - left) * bpp
        for n, y in enumerate(range(top, bottom)):
            self.data[y * row + left * bpp : y * row + right * bpp] = data[n * step : (n + 1) * step]
        was = self.dirty or (left, top, right, bottom)
        self.dirty = (min(was[0], left), min(was[1], top), max(was[2], right), max(was[3], bottom))

    def flush(self):
        if self.dirty is not None:
            left, top, right, bottom = self.dirty
            host.write(self.ID, self.shadow, left, top, right - left, bottom - top, bytes(self.read(*self.dirty)))
            self.dirty = None


_surfaces = {}


def surface(drawable, shadow):
    key = (drawable.ID, bool(shadow))
    if key not in _surfaces:
        _surfaces[key] = Surface(drawable.ID, bool(shadow), drawable.width, drawable.height, drawable.bpp)
    return _surfaces[key]


def flush(ID=None):
    """Writes back what was written, of one drawable or of all."""
    for each in list(_surfaces.values()):
        if ID in (None, each.ID):
            each.flush()


def settle():
    """Before a procedure runs: it sees what was written, and what it changes is read anew."""
    flush()
    _surfaces.clear()


class _Area:
    """A rectangle of a drawable that is read and written by index: [x, y], and slices of either."""

    def __init__(self, drawable, x, y, width, height, dirty, shadow):
        if x < 0 or y < 0 or x + width > drawable.width or y + height > drawable.height:
            raise ValueError(f"{width} x {height} at {x}, {y} is not within {drawable.name!r}")
        self.drawable, self.dirty, self.shadow = drawable, bool(dirty), bool(shadow)
        self.x, self.y, self.w, self.h, self.bpp = x, y, width, height, drawable.bpp

    def _sides(self, index, start, size):
        """First and last + 1 of an index of one axis; slices without ends are the area's."""
        if isinstance(index, slice):
            if index.step not in (None, 1):
                raise TypeError("pixels are sliced without steps")
            first = start if index.start in (None, 0) else int(index.start)
            last = start + size if index.stop is None or index.stop > 2**31 else int(index.stop)
            first, last = (first + size if first < 0 else first), (last + size if last < 0 else last)
        else:
            first = int(index)
            last = first + 1
        if first < start or last > start + size or first > last:
            raise IndexError("index out of range")
        return first, last

    def _rectangle(self, index):
        if not isinstance(index, tuple) or len(index) != 2:
            raise TypeError("pixels are indexed as [x, y]")
        left, right = self._sides(index[0], self.x, self.w)
        top, bottom = self._sides(index[1], self.y, self.h)
        return left, top, right, bottom

    def __getitem__(self, index):
        return surface(self.drawable, self.shadow).read(*self._rectangle(index))

    def __setitem__(self, index, data):
        surface(self.drawable, self.shadow).write(*self._rectangle(index), data)

    def flush(self):
        flush(self.drawable.ID)


class PixelRgn(_Area):
    """gimp.PixelRgn: get_pixel_rgn(x, y, width, height, dirty, shadow). Indices are the drawable's coordinates."""

    @property
    def rowstride(self):
        return self.w * self.bpp

    def resize(self, x, y, width, height):
        self.__init__(self.drawable, x, y, width, height, self.dirty, self.shadow)

    def __len__(self):
        return self.w * self.h

    def __repr__(self):
        return f"<gimp.PixelRgn for drawable {self.drawable.name!r}>"


class Tile(_Area):
    """gimp.Tile: [n] is the n-th pixel, [x, y] one by its place within the tile."""

    def __init__(self, drawable, shadow, row, column):
        left, top = column * TILE, row * TILE
        if not (0 <= left < drawable.width and 0 <= top < drawable.height):
            raise ValueError(f"{drawable.name!r} has no tile in row {row}, column {column}")
        self.ewidth, self.eheight = min(TILE, drawable.width - left), min(TILE, drawable.height - top)
        super().__init__(drawable, left, top, self.ewidth, self.eheight, True, shadow)
        self.tile_num = row * -(-drawable.width // TILE) + column
        self.ref_count = 1

    def _rectangle(self, index):
        x, y = index if isinstance(index, tuple) else (index % self.ewidth, index // self.ewidth)
        if not (0 <= x < self.ewidth and 0 <= y < self.eheight):
            raise IndexError("index out of range")
        return self.x + x, self.y + y, self.x + x + 1, self.y + y + 1

    def __len__(self):
        return self.ewidth * self.eheight


class PixelFetcher(_Area):
    """gimp.PixelFetcher: [x, y] of a drawable, and what lies beyond its edges by `set_edge_mode`."""

    def __init__(self, drawable, shadow=False):
        super().__init__(drawable, 0, 0, drawable.width, drawable.height, True, shadow)
        self.edge_mode, self.bg_color = 0, None

    def set_edge_mode(self, mode):
        self.edge_mode = mode

    def set_bg_color(self, color):
        self.bg_color = color

    def __getitem__(self, index):
        x, y = index
        if not (0 <= x < self.w and 0 <= y < self.h):
            if self.edge_mode == 0:
                return Bytes(self.bpp)
            wraps = self.edge_mode == 1
            x = x % self.w if wraps else min(max(x, 0), self.w - 1)
            y = y % self.h if wraps else min(max(y, 0), self.h - 1)
        return super().__getitem__((x, y))

    def get_pixel(self, x, y):
        return self[x, y]

    def put_pixel(self, x, y, data):
        self[x, y] = data
