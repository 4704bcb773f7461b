/** Line icons on a grid of 24, drawn for this page. */

export const icons = {
  search: "M10.5 4a6.5 6.5 0 1 1 0 13 6.5 6.5 0 0 1 0-13ZM15.3 15.3 20 20",
  upload: "M12 16V4.5M7 9l5-5 5 5M4.5 16v2.5a1.5 1.5 0 0 0 1.5 1.5h12a1.5 1.5 0 0 0 1.5-1.5V16",
  folder: "M3.5 6.5a1.5 1.5 0 0 1 1.5-1.5h4l2 2.5h8A1.5 1.5 0 0 1 20.5 9v9a1.5 1.5 0 0 1-1.5 1.5H5A1.5 1.5 0 0 1 3.5 18Z",
  photos: "M4 6.5A1.5 1.5 0 0 1 5.5 5h13A1.5 1.5 0 0 1 20 6.5v11a1.5 1.5 0 0 1-1.5 1.5h-13A1.5 1.5 0 0 1 4 17.5ZM4 16l4.5-4.5 4 4 2.5-2.5 5 5M15.5 8.7v.1",
  close: "M6 6l12 12M18 6 6 18",
  left: "M14.5 5.5 8 12l6.5 6.5",
  right: "M9.5 5.5 16 12l-6.5 6.5",
  down: "M5.5 9.5 12 16l6.5-6.5",
  up: "M5.5 14.5 12 8l6.5 6.5",
  info: "M12 4a8 8 0 1 1 0 16 8 8 0 0 1 0-16ZM12 11v5M12 7.9v.1",
  trash: "M4.5 7h15M9.5 7V4.5h5V7M6.5 7l.8 12.5h9.4L17.5 7M10 10.5v6M14 10.5v6",
  download: "M12 4.5V16M7 11l5 5 5-5M4.5 19.5h15",
  plus: "M12 5v14M5 12h14",
  minus: "M5 12h14",
  check: "M5 12.5 10 17.5 19.5 7",
  alert: "M12 4 21 19.5H3ZM12 10v4.5M12 17v.1",
  retry: "M19 12a7 7 0 1 1-2.2-5.1M19.5 4v4h-4",
  pause: "M8.5 5.5v13M15.5 5.5v13",
  play: "M8 5.5v13l10.5-6.5Z",
  clock: "M12 4a8 8 0 1 1 0 16 8 8 0 0 1 0-16ZM12 7.5V12l3 2",
  tag: "M4 11.5V4.5h7l8.5 8.5-7 7ZM8 8.4v.1",
  pen: "M5 19l.8-3.8L16 5l3 3L8.8 18.2ZM14 7l3 3",
  fit: "M4.5 9V4.5H9M15 4.5h4.5V9M19.5 15v4.5H15M9 19.5H4.5V15",
  sliders: "M4.5 8h9M17.5 8h2M4.5 16h2M10.5 16h9M15.5 6v4M8.5 14v4",
  dense: "M5 5h4v4H5ZM15 5h4v4h-4ZM5 15h4v4H5ZM15 15h4v4h-4Z",
  loose: "M5 5h14v14H5Z",
} as const;

export type IconName = keyof typeof icons;
