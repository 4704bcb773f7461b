/** A box drawn with the mouse over the grid, and a long press on a touch screen. */

interface Area {
  left: number;
  top: number;
  width: number;
  height: number;
}

interface Acts {
  /** What was selected before. */
  start(): string[];
  move(area: Area, before: string[]): void;
  end(): void;
  /** A finger rested on the photo at this place. */
  hold(place: number): void;
}

const THRESHOLD = 6;
const HOLD_MS = 450;
/** A click follows the finger's release within this time, or not at all. */
const CLICK_MS = 300;

/** An attachment for the grid. Dragging begins between photos or on one: links do not drag here. */
export function dragBox(acts: Acts): (grid: HTMLElement) => () => void {
  return (grid) => {
    let timer = 0;
    let swallow = false;

    function begin(down: PointerEvent): void {
      if (down.button !== 0) return;
      if (down.pointerType === "mouse") beginBox(down);
      else beginHold(down);
    }

    function beginHold(down: PointerEvent): void {
      const place = (down.target as HTMLElement).closest<HTMLElement>("[data-place]")?.dataset["place"];
      if (place === undefined) return;
      const stop = () => {
        window.clearTimeout(timer);
        window.setTimeout(() => (swallow = false), CLICK_MS);
        for (const name of ["pointerup", "pointercancel", "scroll"]) window.removeEventListener(name, stop);
      };
      timer = window.setTimeout(() => {
        swallow = true;
        acts.hold(Number(place));
      }, HOLD_MS);
      for (const name of ["pointerup", "pointercancel", "scroll"]) window.addEventListener(name, stop);
    }

    function beginBox(down: PointerEvent): void {
      const from = grid.getBoundingClientRect();
      const [x, y] = [down.clientX - from.left, down.clientY - from.top];
      let before: string[] | null = null;
      const move = (event: PointerEvent) => {
        const now = grid.getBoundingClientRect();
        const [toX, toY] = [event.clientX - now.left, event.clientY - now.top];
        if (!before && Math.hypot(toX - x, toY - y) < THRESHOLD) return;
        before ??= acts.start();
        swallow = true;
        acts.move(
          { left: Math.min(x, toX), top: Math.min(y, toY), width: Math.abs(toX - x), height: Math.abs(toY - y) },
          before,
        );
      };
      const up = () => {
        window.removeEventListener("pointermove", move);
        window.removeEventListener("pointerup", up);
        window.removeEventListener("pointercancel", up);
        acts.end();
        window.setTimeout(() => (swallow = false));
      };
      window.addEventListener("pointermove", move);
      window.addEventListener("pointerup", up);
      window.addEventListener("pointercancel", up);
    }

    // The click that ends a drag or a long press must not open the photo under it.
    function click(event: MouseEvent): void {
      if (!swallow) return;
      swallow = false;
      event.preventDefault();
      event.stopPropagation();
    }
    const menu = (event: Event) => swallow && event.preventDefault();

    grid.addEventListener("pointerdown", begin);
    grid.addEventListener("click", click, true);
    grid.addEventListener("contextmenu", menu);
    return () => {
      window.clearTimeout(timer);
      grid.removeEventListener("pointerdown", begin);
      grid.removeEventListener("click", click, true);
      grid.removeEventListener("contextmenu", menu);
    };
  };
}
