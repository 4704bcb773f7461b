/** Fingers, mouse and wheel on the stage, told as zooms, moves and swipes. */

export interface Gestures {
  /** `at` is measured from the middle of the stage. */
  zoom(factor: number, at: { x: number; y: number }): void;
  move(dx: number, dy: number): void;
  /** A quick sideways stroke over a photo that fits the stage: -1 to the previous, 1 to the next. */
  swipe(direction: -1 | 1): void;
  /** A downward stroke over a photo that fits. */
  dismiss(): void;
  tapTwice(at: { x: number; y: number }): void;
  zoomed(): boolean;
}

const SWIPE_PX = 55;
const DOUBLE_TAP_MS = 300;
const WHEEL = 0.0022;

/** An attachment for the stage. */
export function gestures(acts: Gestures): (stage: HTMLElement) => () => void {
  return (stage) => {
    const fingers = new Map<number, { x: number; y: number }>();
    let from: { x: number; y: number; many: boolean } | null = null;
    let tapped = 0;

    const middle = (x: number, y: number) => {
      const box = stage.getBoundingClientRect();
      return { x: x - box.left - box.width / 2, y: y - box.top - box.height / 2 };
    };

    function down(event: PointerEvent): void {
      if (event.button !== 0 || (event.target as HTMLElement).closest("button")) return;
      stage.setPointerCapture(event.pointerId);
      fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
      from = { x: event.clientX, y: event.clientY, many: fingers.size > 1 || (from?.many ?? false) };
    }

    function move(event: PointerEvent): void {
      const before = fingers.get(event.pointerId);
      if (!before) return;
      const now = { x: event.clientX, y: event.clientY };
      const other = [...fingers].find(([id]) => id !== event.pointerId)?.[1];
      fingers.set(event.pointerId, now);
      if (other) {
        const spread = (point: { x: number; y: number }) => Math.hypot(point.x - other.x, point.y - other.y);
        acts.zoom(spread(now) / Math.max(1, spread(before)), middle((now.x + other.x) / 2, (now.y + other.y) / 2));
      } else if (acts.zoomed()) acts.move(now.x - before.x, now.y - before.y);
    }

    function up(event: PointerEvent): void {
      if (!fingers.delete(event.pointerId) || fingers.size > 0 || !from) return;
      const [dx, dy] = [event.clientX - from.x, event.clientY - from.y];
      const { many } = from;
      from = null;
      if (many) return;
      if (Math.hypot(dx, dy) < 8) tap(event);
      else if (acts.zoomed() || event.pointerType === "mouse") return;
      else if (Math.abs(dx) > SWIPE_PX && Math.abs(dx) > Math.abs(dy) * 1.4) acts.swipe(dx < 0 ? 1 : -1);
      else if (dy > SWIPE_PX * 1.6 && dy > Math.abs(dx) * 1.6) acts.dismiss();
    }

    function tap(event: PointerEvent): void {
      if (event.timeStamp - tapped < DOUBLE_TAP_MS) acts.tapTwice(middle(event.clientX, event.clientY));
      tapped = event.timeStamp;
    }

    function cancel(event: PointerEvent): void {
      fingers.delete(event.pointerId);
      if (fingers.size === 0) from = null;
    }

    function wheel(event: WheelEvent): void {
      event.preventDefault();
      acts.zoom(Math.exp(-event.deltaY * WHEEL * (event.ctrlKey ? 4 : 1)), middle(event.clientX, event.clientY));
    }

    stage.addEventListener("pointerdown", down);
    stage.addEventListener("pointermove", move);
    stage.addEventListener("pointerup", up);
    stage.addEventListener("pointercancel", cancel);
    stage.addEventListener("wheel", wheel, { passive: false });
    return () => {
      stage.removeEventListener("pointerdown", down);
      stage.removeEventListener("pointermove", move);
      stage.removeEventListener("pointerup", up);
      stage.removeEventListener("pointercancel", cancel);
      stage.removeEventListener("wheel", wheel);
    };
  };
}
