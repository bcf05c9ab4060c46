// Of design/icons, as paths on a grid of 24.

export const SEND = "M12 19.5v-15M5.5 11 12 4.5 18.5 11";
export const CLOSE = "m6 6 12 12M18 6 6 18";
export const CHECK = "m5 12.5 4.5 4.5L19 7";
export const CHECKS = "m2.5 12.5 4 4L15 7.5M11.5 15.5l1.2 1L21.5 7.5";
export const CLOCK = "M3.5 12a8.5 8.5 0 1 0 17 0 8.5 8.5 0 1 0-17 0M12 7.5V12l3 2";
export const BELL = "M4.5 16.5a7.5 7.5 0 0 1 15 0zM3.5 19.5h17M12 9V6.5M10 6h4";
export const PENCIL = "m4.5 19.5.9-4L16 4.9a1.5 1.5 0 0 1 2.1 0l1 1a1.5 1.5 0 0 1 0 2.1L8.5 18.6z";
export const TRASH = "M4.5 7h15M9.5 7V4.5h5V7M6.5 7l1 12.5h9l1-12.5M10.5 11v5M13.5 11v5";
export const MORE = "M5 12h.01M12 12h.01M19 12h.01";
