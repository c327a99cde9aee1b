/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ncheck: the names of inodes. */
#include <getopt.h>
#include <inttypes.h>
#include <stdlib.h>

#include "base/array.h"
#include "base/pool.h"
#include "command.h"
#include "fs/names.h"
#include "report/escape.h"
#include "session.h"

struct request {
	struct session *session;
	uint64_t *inos;
	size_t count, room;
	bool special_only, all_names;
	int rc; /* the first thing that went wrong */
};

static void print_bytes(const struct session *session, struct span bytes)
{
	/* A terminal must not obey what a name says; scripts get the bytes. */
	if (session->terminal)
		escape_text(session->out, (const char *)bytes.bytes, bytes.len);
	else
		fwrite(bytes.bytes, 1, bytes.len, session->out);
}

static int print_name(void *arg, const struct name *name)
{
	const struct request *request = arg;
	FILE *out = request->session->out;

	fprintf(out, "%11" PRIu64 " ", name->ino);
	if (name->directory.len > 0) {
		print_bytes(request->session, name->directory);
		putc('/', out);
	}
	print_bytes(request->session, name->name);
	fputs(name->is_directory ? "/.\n" : "\n", out);
	return session_interrupted(request->session) ? COMMAND_QUIT : 0;
}

static int report_gap(void *arg, uint64_t ino, const struct error *why)
{
	struct request *request = arg;

	(void)ino;
	request->rc = session_complain(request->session, why);
	return 0;
}

static int look_up(void *arg, const char *pass, uint64_t done, uint64_t total)
{
	(void)pass;
	(void)done;
	(void)total;
	return session_interrupted(arg);
}

static int compare_inos(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static int list(struct request *request)
{
	struct session *session = request->session;
	const struct progress progress = {.step = look_up, .arg = session};
	const struct names_options options = {.inos = request->inos,
					      .count = request->count,
					      .special_only = request->special_only && request->count == 0,
					      .all_names = request->all_names,
					      .progress = &progress};
	const struct names_sink sink = {.name = print_name, .gap = report_gap, .arg = request};
	struct pool *pool = NULL;
	struct error err;
	int rc = pool_open(pool_processors(), &pool, &err);

	if (request->count > 0)
		qsort(request->inos, request->count, sizeof(*request->inos), compare_inos);
	if (rc == 0)
		rc = names_walk(session->fs, pool, &options, &sink, &err);
	pool_close(pool);
	if (rc > 0 || rc == ERR_CANCELLED)
		return ERR_CANCELLED;
	return rc < 0 ? session_complain(session, &err) : request->rc;
}

static bool add_ino(struct request *request, const char *text)
{
	uint64_t ino;

	if (!session_number(text, &ino)) {
		session_say(request->session, "bad inode number %s\n", text);
		return false;
	}
	if (array_append(&request->inos, &request->count, &ino, 1, &request->room, sizeof(ino)) != 0) {
		session_say(request->session, "no memory for so many inodes\n");
		return false;
	}
	return true;
}

static bool parse(struct request *request, int argc, char **argv)
{
	int option;

	optind = 0;
	opterr = 0;
	while ((option = getopt(argc, argv, "ai:s")) != -1) {
		switch (option) {
		case 'a':
			request->all_names = true;
			break;
		case 'i':
			if (!add_ino(request, optarg))
				return false;
			break;
		case 's':
			request->special_only = true;
			break;
		default:
			session_say(request->session, "bad option -%c for ncheck command\n", optopt);
			return false;
		}
	}
	return true;
}

static int ncheck_run(struct session *session, int argc, char **argv)
{
	struct request request = {.session = session};
	int rc = parse(&request, argc, argv) ? list(&request) : ERR_INVALID;

	free(request.inos);
	return rc;
}

const struct command ncheck_command = {
	.name = "ncheck",
	.args_max = ARGS_ANY,
	.args = "[-as] [-i ino] ...",
	.summary = "print inode-name pairs",
	.help = " Lists the inodes with a path from the root directory for each; those of directories end in \"/.\". "
		"Needs no\n"
		" blockget before it.\n"
		"\n"
		" -a      every name of an inode, not only the first\n"
		" -i ino  only this inode; may be given again\n"
		" -s      without -i, only devices, pipes, sockets, and files with the set-user-id or set-group-id "
		"bit\n",
	.run = ncheck_run,
};
