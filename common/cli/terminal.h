/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is known of the terminal: whether there is one, how wide it is, whether it shall show colours. */
#ifndef CLI_TERMINAL_H
#define CLI_TERMINAL_H

#include <stdbool.h>

/* Whether the descriptor is a terminal that can move its cursor. */
bool cli_is_terminal(int fd);

/* 80 where it does not tell. */
unsigned cli_columns(int fd);

/* Whether text on standard output shall have colours: on a terminal, unless NO_COLOR is set and not empty. */
bool cli_wants_colour(void);

#endif
