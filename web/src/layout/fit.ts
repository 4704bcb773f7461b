/** Where a photo lies on the viewer's stage when it is fitted, zoomed and moved. No DOM here. */

export interface Size {
  width: number;
  height: number;
}

/** Zoom 1 is the whole photo on the stage; x and y move its middle, in pixels. */
export interface View {
  zoom: number;
  x: number;
  y: number;
}

export const WHOLE: View = { zoom: 1, x: 0, y: 0 };
/** Past the photo's own pixels there is nothing more to see; a little helps to judge focus. */
const PAST_PIXELS = 2;
const LEAST_MOST = 2;

/** The largest size with the photo's shape that the stage holds; never above its own pixels x 2. */
export function contain(photo: Size, stage: Size): Size {
  if (!(photo.width > 0 && photo.height > 0)) return { width: 0, height: 0 };
  const scale = Math.min(stage.width / photo.width, stage.height / photo.height, PAST_PIXELS);
  return { width: photo.width * scale, height: photo.height * scale };
}

/** The zoom that shows one photo pixel as one screen pixel. */
export function pixelZoom(photo: Size, fitted: Size, density: number): number {
  return fitted.width > 0 ? photo.width / fitted.width / density : 1;
}

export function mostZoom(photo: Size, fitted: Size, density: number): number {
  return Math.max(LEAST_MOST, pixelZoom(photo, fitted, density) * PAST_PIXELS);
}

/** Zooms by `factor` around a point (from the stage's middle), which stays where it is. */
export function zoomAt(view: View, factor: number, at: { x: number; y: number }, most: number): View {
  const zoom = Math.min(most, Math.max(1, view.zoom * factor));
  const grown = zoom / view.zoom;
  return { zoom, x: at.x - (at.x - view.x) * grown, y: at.y - (at.y - view.y) * grown };
}

/** Keeps the photo over the stage: it may not be moved past its own edges. */
export function held(view: View, fitted: Size, stage: Size): View {
  const reach = (photo: number, room: number) => Math.max(0, (photo * view.zoom - room) / 2);
  const clamp = (value: number, most: number) => Math.min(most, Math.max(-most, value));
  return {
    zoom: view.zoom,
    x: clamp(view.x, reach(fitted.width, stage.width)),
    y: clamp(view.y, reach(fitted.height, stage.height)),
  };
}
