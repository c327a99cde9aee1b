/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* frag: into how many extents files are cut, and into how few they could be. */
#include <getopt.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "fs/chunk.h"
#include "fs/fork.h"
#include "session.h"

/* What extents are counted of. */
struct counted {
	bool attributes, directories, files, links, quota, realtime, realtime_control;
};

struct request {
	struct session *session;
	struct counted of;
	bool verbose;
	uint64_t actual, ideal; /* of all */
	uint64_t extents, runs; /* of the inode under way: extents, and runs of the file without a hole */
	uint64_t next;		/* the block of the file behind the last extent */
	struct inode inode;
	int rc; /* the first thing that went wrong */
};

static int count_extent(void *arg, const struct extent *extent)
{
	struct request *request = arg;

	if (session_interrupted(request->session))
		return COMMAND_QUIT;
	request->extents++;
	/* Only a hole keeps a file from being one extent. */
	request->runs += request->next != extent->fileoff;
	request->next = extent->fileoff + extent->len_blocks;
	return 0;
}

static int report_bad(void *arg, const struct error *why)
{
	struct request *request = arg;

	request->rc = session_complain(request->session, why);
	return 0;
}

static bool is_realtime_control(const struct geometry *geo, uint64_t ino)
{
	return ino == geo->rtbitmap_ino || ino == geo->rtsummary_ino;
}

static bool counts_data(const struct request *request)
{
	const struct geometry *geo = &request->session->fs->geo;
	const struct inode *inode = &request->inode;

	if (inode_is(inode, INODE_MODE_DIR))
		return request->of.directories;
	if (inode_is(inode, INODE_MODE_LINK))
		return request->of.links;
	if (!inode_is(inode, INODE_MODE_FILE))
		return false;
	if (is_realtime_control(geo, inode->ino))
		return request->of.realtime_control;
	if (geometry_is_internal(geo, inode->ino))
		return request->of.quota;
	return request->of.files;
}

static int count_fork(struct request *request, enum fork_kind kind, struct error *err)
{
	const struct fork_walker walker = {.extent = count_extent, .bad = report_bad, .arg = request};

	/* No extent follows on this. */
	request->next = UINT64_MAX;
	return fork_walk(request->session->fs, &request->inode, kind, 0, FILEOFF_MAX, &walker, err);
}

static int count_inode(struct request *request, uint64_t ino)
{
	bool data, attributes;
	struct error err;
	int rc = inode_read(request->session->fs, ino, &request->inode, &err);

	request->extents = request->runs = 0;
	if (rc == 0 && request->inode.mode == 0)
		return 0;
	data = rc == 0 && counts_data(request);
	if (data)
		rc = count_fork(request, FORK_DATA, &err);
	attributes = rc == 0 && request->of.attributes && request->inode.fork[FORK_ATTR].exists;
	if (attributes)
		rc = count_fork(request, FORK_ATTR, &err);
	if (rc == ERR_CORRUPT || rc == ERR_MEDIA) {
		request->rc = session_complain(request->session, &err);
		return 0;
	}
	if (rc != 0)
		return rc < 0 ? session_complain(request->session, &err) : rc;
	request->actual += request->extents;
	request->ideal += request->runs;
	if (request->verbose && (data || attributes))
		session_say(request->session, "inode %" PRIu64 " actual %" PRIu64 " ideal %" PRIu64 "\n", ino,
			    request->extents, request->runs);
	return 0;
}

static int take_chunk(void *arg, const struct chunk *chunk)
{
	struct request *request = arg;
	const struct geometry *geo = &request->session->fs->geo;
	int rc = 0;

	for (uint32_t i = 0; i < INODES_PER_CHUNK && rc == 0; i++)
		if (chunk->allocated >> i & 1)
			rc = count_inode(request, geometry_ino_join(geo, chunk->agno, chunk->first_agino + i));
	return rc;
}

static int count_all(struct request *request)
{
	const struct chunk_walker walker = {.chunk = take_chunk, .bad = report_bad, .arg = request};
	struct session *session = request->session;
	double actual, excess;
	struct error err;
	int rc = 0;

	for (uint32_t agno = 0; agno < session->fs->geo.ag_count && rc == 0; agno++)
		rc = chunk_walk(session->fs, agno, &walker, &err);
	if (rc < 0)
		return session_complain(session, &err);
	if (rc > 0)
		return ERR_CANCELLED;
	actual = (double)request->actual;
	excess = (double)(request->actual - request->ideal);
	session_say(session, "actual %" PRIu64 ", ideal %" PRIu64 ", fragmentation factor %.2f%%\n", request->actual,
		    request->ideal, request->actual ? 100 * excess / actual : 0);
	session_say(session, "Note, this number is largely meaningless.\n");
	session_say(session, "Files on this filesystem average %.2f extents per file\n",
		    request->ideal ? actual / (double)request->ideal : 0);
	return request->rc;
}

static bool take_option(struct request *request, int option)
{
	struct counted *of = &request->of;
	const struct {
		char letter;
		bool *flag;
	} options[] = {
		{'a', &of->attributes},
		{'d', &of->directories},
		{'f', &of->files},
		{'l', &of->links},
		{'q', &of->quota},
		{'r', &of->realtime},
		{'R', &of->realtime_control},
		{'v', &request->verbose},
	};

	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++)
		if (options[i].letter == option)
			return *options[i].flag = true;
	return false;
}

static int frag_run(struct session *session, int argc, char **argv)
{
	const struct counted all = {true, true, true, true, true, true, true}, none = {0};
	struct request *request = calloc(1, sizeof(*request));
	struct error err;
	int option, rc = 0;

	if (!request) {
		error_set(&err, ERR_NOMEM, "no memory for an inode");
		return session_complain(session, &err);
	}
	request->session = session;
	optind = 0;
	opterr = 0;
	while (rc == 0 && (option = getopt(argc, argv, "adflqRrv")) != -1)
		rc = take_option(request, option) ? 0 : ERR_INVALID;
	if (memcmp(&request->of, &none, sizeof(none)) == 0)
		request->of = all;
	if (rc == 0)
		rc = count_all(request);
	else
		session_say(session, "bad option for frag command\n");
	free(request);
	return rc;
}

const struct command frag_command = {
	.name = "frag",
	.args_max = ARGS_ANY,
	.args = "[-a] [-d] [-f] [-l] [-q] [-R] [-r] [-v]",
	.summary = "get file fragmentation data",
	.help = " Counts the extents of all files, and how many they could be at best: one for each run without a "
		"hole.\n"
		"\n"
		" -v  says it of each inode\n"
		"\n"
		" Without any of these all are counted:\n"
		" -a  attribute forks\n"
		" -d  directories\n"
		" -f  regular files\n"
		" -l  symbolic links\n"
		" -q  quota files\n"
		" -R  the realtime bitmap and summary\n"
		" -r  realtime files, which are not supported: there are none\n",
	.run = frag_run,
};
