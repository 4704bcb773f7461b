/** Reads the parts of a JPEG before its pixels, and puts what the camera wrote into another JPEG. Pure bytes. */

const SOI = 0xd8;
const SOS = 0xda;
const APP0 = 0xe0;
/** Exif and XMP, and what editors write (IPTC). A colour profile stays behind: the new pixels are sRGB. */
const KEPT = new Set([0xe1, 0xed]);
const EXIF = "Exif\0\0";
const ORIENTATION = 0x0112;

export interface Header {
  width: number;
  height: number;
  /** The segments worth keeping, each with its marker and length. */
  segments: Uint8Array[];
}

/** Null for what is no JPEG, or none that can be read this far. */
export function headerOf(bytes: Uint8Array): Header | null {
  if (bytes[0] !== 0xff || bytes[1] !== SOI) return null;
  const segments: Uint8Array[] = [];
  let [width, height] = [0, 0];
  let at = 2;
  while (at + 4 <= bytes.length) {
    if (bytes[at] !== 0xff) return null;
    const marker = bytes[at + 1]!;
    if (marker === 0xff) {
      at++;
      continue;
    }
    const end = at + 2 + ((bytes[at + 2]! << 8) | bytes[at + 3]!);
    if (marker === SOS) return width && height ? { width, height, segments } : null;
    if (end > bytes.length) return null;
    if (KEPT.has(marker)) segments.push(bytes.slice(at, end));
    if (isFrame(marker)) {
      height = (bytes[at + 5]! << 8) | bytes[at + 6]!;
      width = (bytes[at + 7]! << 8) | bytes[at + 8]!;
    }
    at = end;
  }
  return null;
}

/** A start of frame: all of C0 to CF but the tables among them. */
function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
}

/** `jpeg` with these segments after its first marker. */
export function withSegments(jpeg: Uint8Array, segments: Uint8Array[]): Uint8Array<ArrayBuffer> {
  // A JFIF segment must stay the first one.
  const start = jpeg[3] === APP0 ? 4 + ((jpeg[4]! << 8) | jpeg[5]!) : 2;
  const length = segments.reduce((sum, segment) => sum + segment.length, jpeg.length);
  const whole = new Uint8Array(length);
  whole.set(jpeg.subarray(0, start));
  let at = start;
  for (const segment of segments) {
    whole.set(segment, at);
    at += segment.length;
  }
  whole.set(jpeg.subarray(start), at);
  return whole;
}

/** The segment as it is, but for the orientation: pixels that stand upright must not be turned again. */
export function upright(segment: Uint8Array): Uint8Array {
  if (segment[1] !== 0xe1 || String.fromCharCode(...segment.subarray(4, 10)) !== EXIF) return segment;
  const copy = segment.slice();
  const tiff = new DataView(copy.buffer, copy.byteOffset + 10, copy.length - 10);
  try {
    const little = tiff.getUint16(0) === 0x4949;
    const directory = tiff.getUint32(4, little);
    const count = tiff.getUint16(directory, little);
    for (let entry = 0; entry < count; entry++) {
      const place = directory + 2 + entry * 12;
      if (tiff.getUint16(place, little) === ORIENTATION) tiff.setUint16(place + 8, 1, little);
    }
    return copy;
  } catch {
    // Exif that ends too early says nothing that could be set right.
    return segment;
  }
}
