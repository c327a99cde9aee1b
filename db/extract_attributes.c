/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What belongs to a file beside its content.
 *
 * A new owner takes away capabilities and the set-user-id bit, an access list changes the mode, and all of them the
 * time: so owner, attributes, mode, times. Access lists lie on the device in a form of their own (xfs_format.h, struct
 * xfs_acl) and are handed to the system in its own (linux/posix_acl_xattr.h).
 */
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "extract_parts.h"
#include "fs/attr.h"
#include "fs/time.h"

struct disk_acl_entry {
	be32 tag;
	be32 id;
	be16 permissions;
	uint8_t pad[2];
};

struct system_acl_entry {
	uint16_t tag;
	uint16_t permissions;
	uint32_t id;
};

#define SYSTEM_ACL_VERSION 2u
#define NAME_BYTES	   (sizeof("security.") + 255 + 1)

struct setting {
	const struct copy *copy;
	int rc;
};

/* Counts what may not be set; whatever else fails is wrong. */
static int refused(const struct copy *copy, enum extract_lack lack, const char *what)
{
	bool is_lack = errno == EPERM || errno == EACCES || errno == EOPNOTSUPP;

	if (is_lack && !copy->extraction->strict) {
		copy->extraction->lacks[lack]++;
		return 0;
	}
	return extract_wrong_errno(copy->extraction, copy->name, what);
}

/* The last part of the path is never followed. */
static int set_attribute(const struct copy *copy, const char *name, const void *value, size_t len)
{
	char path[sizeof("/proc/self/fd/") + 3 * sizeof(int) + 1 + 256];

	if (copy->fd >= 0)
		return fsetxattr(copy->fd, name, value, len, 0);
	snprintf(path, sizeof(path), "/proc/self/fd/%d/%s", copy->extraction->here, copy->name);
	return lsetxattr(path, name, value, len, 0);
}

/* NULL: it is none, which errno says. */
static void *system_acl(struct span disk, size_t *len)
{
	const be32 *count = span_at(disk, 0, sizeof(*count));
	size_t entries = count ? be32_get(*count) : 0;
	const struct disk_acl_entry *from = span_at(disk, sizeof(*count), entries * sizeof(*from));
	struct system_acl_entry *to;
	uint32_t *acl;

	if (!count || !from || entries > disk.len / sizeof(*from)) {
		errno = EINVAL;
		return NULL;
	}
	*len = sizeof(*acl) + entries * sizeof(*to);
	acl = malloc(*len);
	if (!acl)
		return NULL;
	*acl = htole32(SYSTEM_ACL_VERSION);
	for (size_t i = 0; i < entries; i++) {
		struct system_acl_entry entry = {htole16((uint16_t)be32_get(from[i].tag)),
						 htole16(be16_get(from[i].permissions)), htole32(be32_get(from[i].id))};

		memcpy((uint8_t *)acl + sizeof(*acl) + i * sizeof(entry), &entry, sizeof(entry));
	}
	return acl;
}

static int set_acl(const struct copy *copy, const char *name, struct span value)
{
	size_t len;
	void *acl = system_acl(value, &len);
	int rc = acl ? set_attribute(copy, name, acl, len) : -1;

	free(acl);
	return rc;
}

static bool is_named(const struct attr *attr, const char *name)
{
	return attr->name.len == strlen(name) && memcmp(attr->name.bytes, name, attr->name.len) == 0;
}

static int take_attribute(void *arg, const struct attr *attr)
{
	struct setting *setting = arg;
	const struct copy *copy = setting->copy;
	char name[NAME_BYTES];
	int rc;

	if (attr->flags & (ATTR_FLAG_INCOMPLETE | ATTR_FLAG_PARENT))
		return 0;
	/* A value that cannot be read has been said. */
	if (!attr->value.bytes && attr->value_bytes > 0)
		return 0;
	snprintf(name, sizeof(name), "%s.%.*s",
		 attr->flags & ATTR_FLAG_ROOT	  ? "trusted"
		 : attr->flags & ATTR_FLAG_SECURE ? "security"
						  : "user",
		 (int)attr->name.len, (const char *)attr->name.bytes);
	if ((attr->flags & ATTR_FLAG_ROOT) && is_named(attr, "SGI_ACL_FILE"))
		rc = set_acl(copy, "system.posix_acl_access", attr->value);
	else if ((attr->flags & ATTR_FLAG_ROOT) && is_named(attr, "SGI_ACL_DEFAULT"))
		rc = set_acl(copy, "system.posix_acl_default", attr->value);
	else
		rc = set_attribute(copy, name, attr->value.bytes ? attr->value.bytes : (const uint8_t *)"",
				   attr->value.len);
	setting->rc = rc == 0 ? 0 : refused(copy, LACK_ATTRIBUTE, "cannot set an extended attribute");
	return setting->rc < 0 ? 1 : 0;
}

static int report_bad(void *arg, const struct error *why)
{
	struct setting *setting = arg;

	setting->rc = extract_wrong(setting->copy->extraction, setting->copy->name, why);
	return setting->rc < 0 ? 1 : 0;
}

static int set_attributes(const struct copy *copy)
{
	struct setting setting = {.copy = copy};
	const struct attr_walker walker = {
		.attr = take_attribute, .bad = report_bad, .arg = &setting, .read_values = true};
	struct error err;
	int rc = attr_walk(copy->extraction->session->fs, copy->inode, &walker, &err);

	return rc > 0 ? setting.rc : rc < 0 ? extract_wrong(copy->extraction, copy->name, &err) : 0;
}

static struct timespec system_time(const struct inode *inode, const struct disk_time *time)
{
	struct time_of_disk when;
	be64 raw;

	memcpy(&raw, time, sizeof(raw));
	when = time_decode(be64_get(raw), inode->flags2 & INODE_FLAG2_BIGTIME);
	return (struct timespec){when.seconds, when.nanoseconds};
}

int extract_attributes(const struct copy *copy)
{
	const struct disk_inode *core = (const struct disk_inode *)copy->inode->raw;
	const struct inode *inode = copy->inode;
	mode_t mode = inode->mode & 07777u;
	int here = copy->extraction->here;
	const struct timespec times[] = {system_time(inode, &core->atime), system_time(inode, &core->mtime)};
	int rc = copy->fd >= 0 ? fchown(copy->fd, inode->uid, inode->gid)
			       : fchownat(here, copy->name, inode->uid, inode->gid, AT_SYMLINK_NOFOLLOW);

	if (rc != 0) {
		/* Another owner shall not run it with the rights of this one. */
		mode &= 01777u;
		rc = refused(copy, LACK_OWNER, "cannot set the owner");
	}
	if (rc == 0)
		rc = set_attributes(copy);
	if (rc == 0 && !inode_is(inode, INODE_MODE_LINK)) {
		rc = copy->fd >= 0 ? fchmod(copy->fd, mode) : fchmodat(here, copy->name, mode, AT_SYMLINK_NOFOLLOW);
		if (rc != 0)
			rc = extract_wrong_errno(copy->extraction, copy->name, "cannot set the mode");
	}
	if (rc == 0) {
		rc = copy->fd >= 0 ? futimens(copy->fd, times)
				   : utimensat(here, copy->name, times, AT_SYMLINK_NOFOLLOW);
		if (rc != 0)
			rc = extract_wrong_errno(copy->extraction, copy->name, "cannot set the times");
	}
	return rc;
}
