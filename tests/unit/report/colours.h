/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Escape sequences of a terminal in what was printed for one. */
#ifndef UNIT_REPORT_COLOURS_H
#define UNIT_REPORT_COLOURS_H

/* Takes them out of @text, and fails unless each that begins a colour is ended. Returns how many those are. */
unsigned colours_strip(char *text);

#endif
