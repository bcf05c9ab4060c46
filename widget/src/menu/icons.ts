// Of design/icons, as paths on a grid of 24.

export const SOUND = "M4.5 9.5v5h3.5l4.5 4v-13L8 9.5zM16 9a4 4 0 0 1 0 6M18.5 6.5a7.5 7.5 0 0 1 0 11";
export const INBOX = "M4 13 6.4 5.6A1.5 1.5 0 0 1 7.8 4.5h8.4a1.5 1.5 0 0 1 1.4 1.1L20 13v5a1.5 1.5 0 0 1-1.5 1.5h-13A1.5 1.5 0 0 1 4 18zM4 13h4.5l1.4 2.5h4.2l1.4-2.5H20";
export const DOWNLOAD = "M12 4.5V15M7.5 11l4.5 4.5 4.5-4.5M5 19.5h14";
export const LOCK = "M7 10.5h10a2 2 0 0 1 2 2V18a2 2 0 0 1-2 2H7a2 2 0 0 1-2-2v-5.5a2 2 0 0 1 2-2zM8 10.5V8a4 4 0 0 1 8 0v2.5";
export const DEVICE = "M9.5 3h5A2.5 2.5 0 0 1 17 5.5v13a2.5 2.5 0 0 1-2.5 2.5h-5A2.5 2.5 0 0 1 7 18.5v-13A2.5 2.5 0 0 1 9.5 3zM11 17.8h2";
export const LEFT = "M14.5 6.5 9 12l5.5 5.5";
