import { expect, test } from "vitest";

import { headerOf, upright, withSegments } from "./jpeg.ts";

function segment(marker: number, body: number[]): number[] {
  return [0xff, marker, (body.length + 2) >> 8, (body.length + 2) & 255, ...body];
}
const FRAME = segment(0xc0, [8, 0x0b, 0xb8, 0x0f, 0xa0, 3]);
const SCAN = [0xff, 0xda, 0, 2, 1, 2, 3];
/** Little-endian Exif with one entry: the orientation. */
function exif(orientation: number): number[] {
  const entry = [0x12, 0x01, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0];
  return segment(0xe1, [...Buffer.from("Exif\0\0"), 0x49, 0x49, 42, 0, 8, 0, 0, 0, 1, 0, ...entry, 0, 0, 0, 0]);
}
const xmp = segment(0xe1, [...Buffer.from("http://ns.adobe.com/xap/1.0/\0<x/>")]);
const profile = segment(0xe2, [...Buffer.from("ICC_PROFILE\0")]);

test("the size and what the camera and editors wrote are read, the colour profile is left", () => {
  const header = headerOf(Uint8Array.from([0xff, 0xd8, ...exif(6), ...profile, ...xmp, ...FRAME, ...SCAN]));
  expect(header).toMatchObject({ width: 4000, height: 3000 });
  expect(header!.segments.map((one) => [...one])).toEqual([exif(6), xmp]);
});

test("what is no JPEG, or is cut short, is left alone", () => {
  expect(headerOf(Uint8Array.from([0x89, 0x50, 0x4e, 0x47]))).toBeNull();
  expect(headerOf(Uint8Array.from([0xff, 0xd8, ...exif(1).slice(0, 9)]))).toBeNull();
  expect(headerOf(Uint8Array.from([0xff, 0xd8, ...SCAN]))).toBeNull();
});

test("segments go in behind the JFIF one, byte for byte", () => {
  const jfif = segment(0xe0, [...Buffer.from("JFIF\0"), 1, 2]);
  const made = withSegments(Uint8Array.from([0xff, 0xd8, ...jfif, ...FRAME]), [Uint8Array.from(xmp)]);
  expect([...made]).toEqual([0xff, 0xd8, ...jfif, ...xmp, ...FRAME]);
  expect([...withSegments(Uint8Array.from([0xff, 0xd8, ...FRAME]), [Uint8Array.from(xmp)])]).toEqual([0xff, 0xd8, ...xmp, ...FRAME]);
});

test("of Exif only the orientation is set, and broken Exif stays as it is", () => {
  expect([...upright(Uint8Array.from(exif(6)))]).toEqual(exif(1));
  expect([...upright(Uint8Array.from(xmp))]).toEqual(xmp);
  const broken = exif(6).slice(0, 22);
  expect([...upright(Uint8Array.from(broken))]).toEqual(broken);
});
