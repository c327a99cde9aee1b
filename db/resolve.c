/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One name after the other. */
#include "resolve.h"

#include <stdlib.h>
#include <string.h>

#include "fs/dir.h"

/* The inode of one name in directory *@ino. */
static int step(struct session *session, struct inode *inode, struct span name, uint64_t *ino, struct error *err)
{
	int rc = inode_read(session->fs, *ino, inode, err);

	if (rc != 0)
		return rc;
	if (!inode_is(inode, INODE_MODE_DIR))
		return error_set(err, ERR_INVALID, "Not a directory");
	/* The short form does not store it. */
	if (name.len == 1 && name.bytes[0] == '.')
		return 0;
	err->code = 0;
	rc = dir_lookup(session->fs, inode, name, ino, err);
	if (rc == 0 && err->code != 0)
		return err->code;
	return rc == 0 ? error_set(err, ERR_NOT_FOUND, "No such file or directory") : rc < 0 ? rc : 0;
}

static int complain_path(struct session *session, const char *path, const struct error *err)
{
	if (err->code != ERR_NOT_FOUND && err->code != ERR_INVALID)
		return session_complain(session, err);
	session_say(session, "%s: %s\n", path, err->text);
	return err->code;
}

int resolve_path(struct session *session, const char *path, uint64_t *ino)
{
	struct inode *inode = malloc(sizeof(*inode));
	struct error err = {0};
	const char *rest = path;
	int rc = 0;

	if (!inode) {
		error_set(&err, ERR_NOMEM, "no memory for an inode");
		return session_complain(session, &err);
	}
	*ino = path[0] == '/' ? session->fs->geo.root_ino : session->now.place.ino;
	if (*ino == INO_NONE)
		rc = error_set(&err, ERR_INVALID, "Not a directory");
	while (rc == 0 && *(rest += strspn(rest, "/")) != '\0') {
		size_t len = strcspn(rest, "/");

		rc = step(session, inode, (struct span){(const uint8_t *)rest, len}, ino, &err);
		rest += len;
	}
	free(inode);
	return rc == 0 ? 0 : complain_path(session, path, &err);
}
