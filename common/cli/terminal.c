/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The terminal, as descriptors and the environment tell of it. */
#include "cli/terminal.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

bool cli_is_terminal(int fd)
{
	const char *term = getenv("TERM");

	return isatty(fd) && term && strcmp(term, "dumb") != 0;
}

unsigned cli_columns(int fd)
{
	struct winsize size;

	return ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

bool cli_wants_colour(void)
{
	const char *no_color = getenv("NO_COLOR");

	return !(no_color && no_color[0]) && cli_is_terminal(STDOUT_FILENO);
}
