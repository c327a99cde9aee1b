/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * usage: terminal [-r] PROGRAM [ARGUMENT...]
 *
 * Runs a program in a terminal of its own and does what a person would. Steps come from standard input, one a line:
 *
 *   send TEXT     types it: \n, \t, \e, \cX for control characters
 *   expect TEXT   reads until the text has come since the last expect; nothing more is read than is there at once
 *   prompt TEXT   the same, and with -r waits until the program takes keys one by one: libedit prints the prompt first
 *   absent TEXT   it has not come since the program was started
 *   exit STATUS   the program ends with that status
 *
 * Says which step failed and what the terminal showed, exit status 1; 0: all went well.
 */
#include <errno.h>
#include <poll.h>
#include <pty.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#define PATIENCE_MS 30000

static int terminal;
static bool keys; /* -r */
static pid_t child;
static char *shown; /* all of it */
static size_t shown_len, seen;

static void __attribute__((noreturn)) fail(const char *step, const char *why)
{
	printf("%s: %s; since the last step the terminal showed (the end of it): ", step, why);
	for (size_t i = shown_len - seen > 400 ? shown_len - 400 : seen; i < shown_len; i++)
		printf(shown[i] >= ' ' && shown[i] <= '~' ? "%c" : "<%02x>", (unsigned char)shown[i]);
	putchar('\n');
	exit(1);
}

/* Reads what is there; waits for something. 0: the program closed the terminal. */
static int read_some(const char *step)
{
	struct pollfd poll_fd = {.fd = terminal, .events = POLLIN};
	char bytes[512];
	ssize_t got;

	if (poll(&poll_fd, 1, PATIENCE_MS) == 0)
		fail(step, "nothing comes");
	got = read(terminal, bytes, sizeof(bytes));
	if (got <= 0)
		return 0; /* EIO: there is no writer any more */
	shown = realloc(shown, shown_len + (size_t)got + 1);
	if (!shown)
		abort();
	memcpy(shown + shown_len, bytes, (size_t)got);
	shown_len += (size_t)got;
	shown[shown_len] = '\0';
	return 1;
}

static void expect(const char *step, const char *text)
{
	const char *at;

	while (!(at = shown ? memmem(shown + seen, shown_len - seen, text, strlen(text)) : NULL))
		if (!read_some(step))
			fail(step, "the program ended");
	seen = (size_t)(at - shown) + strlen(text);
}

static void wait_for_keys(const char *step)
{
	struct termios mode;

	for (int i = 0; i < PATIENCE_MS; i++) {
		if (tcgetattr(terminal, &mode) != 0)
			fail(step, "cannot look at the terminal");
		if (!(mode.c_lflag & ICANON))
			return;
		poll(NULL, 0, 1);
	}
	fail(step, "the program does not take keys");
}

static void send_text(const char *step, const char *text)
{
	char bytes[1024];
	size_t len = 0;

	for (; *text && len < sizeof(bytes); text++) {
		char byte = *text;

		if (byte == '\\') {
			byte = *++text;
			byte = byte == 'n' ? '\n' : byte == 't' ? '\t' : byte == 'e' ? '\033' : (char)(*++text & 0x1f);
		}
		bytes[len++] = byte;
	}
	if (write(terminal, bytes, len) != (ssize_t)len)
		fail(step, "cannot type");
}

static void expect_exit(const char *step, int wanted)
{
	int status;

	while (read_some(step))
		continue;
	if (waitpid(child, &status, 0) != child)
		fail(step, "cannot wait");
	if (!WIFEXITED(status) || WEXITSTATUS(status) != wanted)
		fail(step, WIFEXITED(status) ? "another status" : "killed by a signal");
	child = 0;
}

static void run_step(char *step)
{
	char *text = strchr(step, ' ');

	if (!text)
		fail(step, "no such step");
	text++;
	if (strncmp(step, "send ", 5) == 0)
		send_text(step, text);
	else if (strncmp(step, "expect ", 7) == 0)
		expect(step, text);
	else if (strncmp(step, "prompt ", 7) == 0) {
		expect(step, text);
		if (keys)
			wait_for_keys(step);
	} else if (strncmp(step, "exit ", 5) == 0)
		expect_exit(step, atoi(text));
	else if (strncmp(step, "absent ", 7) != 0)
		fail(step, "no such step");
	else if (shown && memmem(shown, shown_len, text, strlen(text)))
		fail(step, "it came");
}

int main(int argc, char **argv)
{
	struct winsize size = {.ws_row = 24, .ws_col = 80};
	char line[1024];

	keys = argc > 1 && strcmp(argv[1], "-r") == 0;
	argv += keys;
	if (argc < 2 + keys)
		return 2;
	child = forkpty(&terminal, NULL, NULL, &size);
	if (child < 0) {
		printf("no terminal: %s\n", strerror(errno));
		return 77;
	}
	if (child == 0) {
		setenv("TERM", "xterm", 1);
		execv(argv[1], argv + 1);
		_exit(127);
	}
	while (fgets(line, sizeof(line), stdin)) {
		line[strcspn(line, "\n")] = '\0';
		if (line[0] != '\0' && line[0] != '#')
			run_step(line);
	}
	if (child != 0)
		fail("the end", "the program was not ended");
	free(shown);
	return 0;
}
