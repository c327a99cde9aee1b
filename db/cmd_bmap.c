/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* bmap: where the blocks of the current inode lie. */
#include <getopt.h>
#include <inttypes.h>
#include <stdlib.h>

#include "command.h"
#include "fs/fork.h"
#include "place.h"

struct request {
	struct session *session;
	bool data, attr;
	uint64_t from, to; /* blocks of the file */
	enum fork_kind fork;
};

static int print_extent(void *arg, const struct extent *extent)
{
	const struct request *request = arg;
	const struct geometry *geo = &request->session->fs->geo;
	uint64_t from = extent->fileoff < request->from ? request->from : extent->fileoff;
	uint64_t last = extent->fileoff + extent->len_blocks - 1;
	struct agaddr start = extent->start;

	if (session_interrupted(request->session))
		return COMMAND_QUIT;
	if (last > request->to)
		last = request->to;
	start.agbno += (uint32_t)(from - extent->fileoff);
	session_say(request->session,
		    "%s offset %" PRIu64 " startblock %" PRIu64 " (%" PRIu32 "/%" PRIu32 ") count %" PRIu64
		    " flag %d\n",
		    request->fork == FORK_ATTR ? "attr" : "data", from, geometry_pack(geo, start).packed, start.agno,
		    start.agbno, last - from + 1, extent->unwritten);
	return 0;
}

static int report_bad(void *arg, const struct error *why)
{
	const struct request *request = arg;

	session_complain(request->session, why);
	return 0;
}

static int print_fork(struct request *request, const struct inode *inode, enum fork_kind fork, struct error *err)
{
	const struct fork_walker walker = {.extent = print_extent, .bad = report_bad, .arg = request};

	request->fork = fork;
	if (!inode->fork[fork].exists)
		return 0;
	return fork_walk(request->session->fs, inode, fork, request->from, request->to, &walker, err);
}

static int print_inode(struct request *request)
{
	struct session *session = request->session;
	struct inode *inode = malloc(sizeof(*inode));
	struct error err;
	int rc;

	if (!inode) {
		error_set(&err, ERR_NOMEM, "no memory for an inode");
		return session_complain(session, &err);
	}
	rc = inode_read(session->fs, session->now.place.ino, inode, &err);
	if (rc == 0 && request->data)
		rc = print_fork(request, inode, FORK_DATA, &err);
	if (rc == 0 && request->attr)
		rc = print_fork(request, inode, FORK_ATTR, &err);
	free(inode);
	return rc < 0 ? session_complain(session, &err) : rc > 0 ? ERR_CANCELLED : COMMAND_DONE;
}

/* "[block [len]]": a block without a length is one block. false: no number, after a complaint. */
static bool take_range(struct request *request, int argc, char **argv)
{
	uint64_t len = 1;

	if (argc == 0)
		return true;
	if (!session_number(argv[0], &request->from)) {
		session_say(request->session, "bad block number for bmap %s\n", argv[0]);
		return false;
	}
	if (argc > 1 && (!session_number(argv[1], &len) || len == 0)) {
		session_say(request->session, "bad len for bmap %s\n", argv[1]);
		return false;
	}
	request->to = len - 1 > FILEOFF_MAX - request->from ? FILEOFF_MAX : request->from + len - 1;
	return request->from <= FILEOFF_MAX;
}

static int bmap_run(struct session *session, int argc, char **argv)
{
	struct request request = {.session = session, .to = FILEOFF_MAX};
	int option;

	optind = 0;
	opterr = 0;
	while ((option = getopt(argc, argv, "ad")) != -1) {
		request.attr |= option == 'a';
		request.data |= option == 'd';
		if (option == '?') {
			session_say(session, "bad option for bmap command\n");
			return ERR_INVALID;
		}
	}
	if (!request.attr && !request.data)
		request.attr = request.data = true;
	if (session->now.place.ino == INO_NONE) {
		session_say(session, "no current inode\n");
		return ERR_INVALID;
	}
	if (!take_range(&request, argc - optind, argv + optind))
		return ERR_INVALID;
	return print_inode(&request);
}

const struct command bmap_command = {
	.name = "bmap",
	.args_max = 4,
	.args = "[-ad] [block [len]]",
	.summary = "show block map for current file",
	.help = " Shows where the blocks of the current inode lie, one extent a line; flag 1: unwritten.\n"
		"\n"
		" -a  those of the attribute fork\n"
		" -d  those of the data fork; without either both\n",
	.run = bmap_run,
};
