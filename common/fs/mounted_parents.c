/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Paths on a mounted file system by parent pointers: each inode tells its names, each directory its parent.
 *
 * Directories on the way up are asked once and remembered.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/idmap.h"
#include "base/span.h"
#include "fs/view_mounted.h"

#define BUFFER_BYTES 65536u
#define NO_NODE	     SIZE_MAX

/* A directory whose way up is known. */
struct node {
	uint64_t ino;
	size_t parent; /* NO_NODE: the root, or the way up ends here */
	bool is_root;
	char *name; /* in the parent */
};

struct parents {
	const struct mounted *m;
	const struct path_sink *sink;
	struct node *nodes;
	size_t count, room;
	struct idmap by_ino; /* inode to index of its node */
	uint8_t *answer;     /* BUFFER_BYTES */
	uint8_t *answer_up;  /* the same, for the way up while answer is in use */
	struct mounted_path path;
};

/* Names of one inode, a call at a time. */
struct cursor {
	struct kernel_getparents_by_handle request;
	uint8_t *buffer;
	size_t at, end; /* records left in buffer */
	bool is_root;
};

struct name {
	uint64_t parent_ino;
	uint32_t parent_gen;
	const char *text; /* in the cursor's buffer */
	size_t len;
};

static void cursor_start(const struct parents *p, struct cursor *c, uint64_t ino, uint32_t gen, uint8_t *buffer)
{
	*c = (struct cursor){.buffer = buffer};
	c->request.handle = (struct kernel_handle){
		.fsid = p->m->fsid,
		.fid = {.len = sizeof(struct kernel_fid) - sizeof(uint16_t), .gen = gen, .ino = ino},
	};
}

static int cursor_fill(const struct parents *p, struct cursor *c, struct error *err)
{
	struct kernel_getparents *request = &c->request.request;

	memset(c->buffer, 0, BUFFER_BYTES);
	request->bufsize = BUFFER_BYTES;
	request->buffer = (uintptr_t)c->buffer;
	if (ioctl(p->m->fd, KERNEL_IOC_GETPARENTS_BY_HANDLE, &c->request) != 0) {
		if (errno == ESTALE || errno == ENOENT)
			return ERR_NOT_FOUND;
		return error_set_errno(err, ERR_IO, errno, "the kernel does not tell the parents of inode %llu",
				       (unsigned long long)c->request.handle.fid.ino);
	}
	c->is_root = request->oflags & KERNEL_PARENTS_ROOT;
	c->at = 0;
	c->end = request->bufsize < BUFFER_BYTES ? request->bufsize : BUFFER_BYTES;
	return 0;
}

/* The next name: 1, 0 at the end, ERR_NOT_FOUND: the inode went away; ERR_IO. */
static int cursor_next(const struct parents *p, struct cursor *c, struct name *out, struct error *err)
{
	struct span buffer;
	struct kernel_parent head;
	const char *text;
	const void *at;

	if (c->at >= c->end) {
		int rc;

		if (c->request.request.oflags & KERNEL_PARENTS_DONE)
			return 0;
		rc = cursor_fill(p, c, err);
		if (rc != 0)
			return rc;
	}
	buffer = (struct span){c->buffer, c->end};
	at = span_at(buffer, c->at, sizeof(head));
	if (!at) {
		/* No record came, as for the root. */
		c->request.request.oflags |= KERNEL_PARENTS_DONE;
		return 0;
	}
	memcpy(&head, at, sizeof(head));
	if (head.reclen <= sizeof(head) || !span_at(buffer, c->at, head.reclen)) {
		c->request.request.oflags |= KERNEL_PARENTS_DONE;
		c->at = c->end;
		return 0;
	}
	text = (const char *)at + sizeof(head);
	*out = (struct name){.parent_ino = head.parent.fid.ino,
			     .parent_gen = head.parent.fid.gen,
			     .text = text,
			     .len = strnlen(text, head.reclen - sizeof(head))};
	c->at += head.reclen;
	return 1;
}

static int node_add(struct parents *p, uint64_t ino, size_t *index)
{
	if (array_reserve(&p->nodes, p->count, 1, &p->room, sizeof(*p->nodes)) != 0)
		return ERR_NOMEM;
	if (idmap_put(&p->by_ino, ino, p->count) < 0)
		return ERR_NOMEM;
	p->nodes[p->count] = (struct node){.ino = ino, .parent = NO_NODE};
	*index = p->count++;
	return 0;
}

static int tell_gap(const struct parents *p, uint64_t ino, const struct error *why)
{
	return p->sink->gap ? p->sink->gap(p->sink->arg, ino, why) : 0;
}

/* The node of a directory, with all nodes above it. 0, ERR_NOMEM, what the sink returned. */
static int resolve(struct parents *p, uint64_t ino, uint32_t gen, size_t *out)
{
	size_t below = NO_NODE;

	*out = NO_NODE;
	/* Ends at the root, or at a directory that is known: no directory is asked twice. */
	for (;;) {
		const uint64_t *known = idmap_get(&p->by_ino, ino);
		size_t index = known ? (size_t)*known : NO_NODE;
		struct error why = {0};
		struct cursor c;
		struct name name;
		int rc = known ? 0 : node_add(p, ino, &index);

		if (rc != 0)
			return rc;
		if (below != NO_NODE)
			p->nodes[below].parent = index;
		else
			*out = index;
		if (known)
			return 0;
		cursor_start(p, &c, ino, gen, p->answer_up);
		rc = cursor_next(p, &c, &name, &why);
		p->nodes[index].is_root = c.is_root || ino == p->m->geo.root_ino;
		if (p->nodes[index].is_root)
			return 0;
		if (rc <= 0)
			return rc == ERR_IO ? tell_gap(p, ino, &why) : 0;
		p->nodes[index].name = strndup(name.text, name.len);
		if (!p->nodes[index].name)
			return ERR_NOMEM;
		below = index;
		ino = name.parent_ino;
		gen = name.parent_gen;
	}
}

/* The path that ends with @name in the directory @index. */
static int give_path(struct parents *p, uint64_t ino, const struct name *name, size_t index)
{
	size_t steps = 0;
	int rc;

	p->path.used = 0;
	rc = mounted_path_prepend(&p->path, name->text, name->len);

	/* More steps than nodes: directories that contain each other. */
	while (rc == 0 && p->nodes[index].parent != NO_NODE && steps++ < p->count) {
		rc = mounted_path_prepend(&p->path, p->nodes[index].name, strlen(p->nodes[index].name));
		index = p->nodes[index].parent;
	}
	if (rc != 0)
		return rc;
	return p->sink->path(p->sink->arg, ino, mounted_path_text(&p->path), p->path.used, p->nodes[index].is_root,
			     p->nodes[index].ino);
}

static int find_paths(struct parents *p, uint64_t ino, bool one_path, struct error *err)
{
	struct kernel_bulkstat stat;
	struct error why = {0};
	struct cursor c;
	struct name name;
	int rc;

	if (ino == p->m->geo.root_ino)
		return p->sink->path(p->sink->arg, ino, "/", 1, true, ino);
	rc = mounted_stat(p->m, ino, &stat, err);
	if (rc <= 0 || stat.nlink == 0)
		return rc < 0 ? rc : 0;
	cursor_start(p, &c, ino, stat.gen, p->answer);
	while ((rc = cursor_next(p, &c, &name, &why)) == 1) {
		size_t index;

		rc = resolve(p, name.parent_ino, name.parent_gen, &index);
		if (rc == 0)
			rc = give_path(p, ino, &name, index);
		if (rc != 0 || one_path)
			return rc;
	}
	if (rc == ERR_IO)
		return tell_gap(p, ino, &why);
	return rc == ERR_NOT_FOUND ? 0 : rc;
}

int mounted_paths_by_parents(const struct mounted *m, const uint64_t *inos, size_t count, bool one_path,
			     const struct path_sink *sink, const struct progress *progress, struct error *err)
{
	struct parents p = {.m = m, .sink = sink, .answer = malloc(BUFFER_BYTES), .answer_up = malloc(BUFFER_BYTES)};
	int rc = p.answer && p.answer_up ? 0 : ERR_NOMEM;

	for (size_t i = 0; i < count && rc == 0; i++) {
		rc = find_paths(&p, inos[i], one_path, err);
		if (rc == 0 && i % 256 == 255 && progress_step(progress, "paths", i + 1, count) != 0)
			rc = error_set(err, ERR_CANCELLED, "cancelled");
	}
	for (size_t i = 0; i < p.count; i++)
		free(p.nodes[i].name);
	free(p.nodes);
	free(p.answer);
	free(p.answer_up);
	free(p.path.buffer);
	idmap_fini(&p.by_ino);
	return rc == ERR_NOMEM ? error_set(err, rc, "no memory for paths") : rc;
}
