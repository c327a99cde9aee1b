/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reading sysfs. */
#include "device/sysfs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <unistd.h>

/* An attribute holds at most a page, and there are pages of 64 KiB (kernel documentation, "sysfs"). */
#define TEXT_MAX_BYTES ((size_t)64 << 10)

const struct system_paths system_paths_real = {"/sys", "/dev", "/proc/self/mountinfo"};

/* ENODEV, ENXIO: the device went away between finding the file and reading it. */
static bool is_gone(int sys_errno)
{
	return sys_errno == ENOENT || sys_errno == ENOTDIR || sys_errno == ENODEV || sys_errno == ENXIO;
}

static int read_text(const char *path, char **out, size_t *len, struct error *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	char *text = NULL;
	size_t used = 0;
	ssize_t got = 1;
	int rc = 1;

	if (fd < 0)
		return is_gone(errno) ? 0 : error_set_errno(err, ERR_IO, errno, "cannot open %s", path);
	text = malloc(TEXT_MAX_BYTES + 1);
	if (!text)
		rc = error_set(err, ERR_NOMEM, "no memory to read %s", path);
	while (rc == 1 && got > 0 && used < TEXT_MAX_BYTES) {
		got = read(fd, text + used, TEXT_MAX_BYTES - used);
		if (got > 0)
			used += (size_t)got;
		else if (got < 0 && errno == EINTR)
			got = 1;
		else if (got < 0)
			rc = is_gone(errno) ? 0 : error_set_errno(err, ERR_IO, errno, "cannot read %s", path);
	}
	(void)close(fd);
	if (rc != 1) {
		free(text);
		return rc;
	}
	text[used] = '\0';
	*out = text;
	*len = used;
	return 1;
}

static int no_path(struct error *err)
{
	return error_set(err, ERR_NOMEM, "no memory for a path");
}

int sysfs_text(char **out, size_t *len, struct error *err, const char *format, ...)
{
	char *path;
	va_list args;
	int rc;

	va_start(args, format);
	rc = vasprintf(&path, format, args);
	va_end(args);
	if (rc < 0)
		return no_path(err);
	rc = read_text(path, out, len, err);
	free(path);
	return rc;
}

int sysfs_u64(uint64_t *out, struct error *err, const char *format, ...)
{
	char *path, *text;
	unsigned long long value;
	va_list args;
	size_t len;
	int rc, used = 0;

	va_start(args, format);
	rc = vasprintf(&path, format, args);
	va_end(args);
	if (rc < 0)
		return no_path(err);
	rc = read_text(path, &text, &len, err);
	if (rc == 1) {
		/* 19 digits cannot wrap. */
		if (sscanf(text, "%19llu %n", &value, &used) != 1 || text[0] == '-' || (size_t)used != len)
			rc = error_set(err, ERR_CORRUPT, "%s holds no number", path);
		else
			*out = value;
		free(text);
	}
	free(path);
	return rc;
}

int sysfs_devno(dev_t *out, struct error *err, const char *format, ...)
{
	char *path, *text;
	unsigned major_no, minor_no;
	va_list args;
	size_t len;
	int rc, used = 0;

	va_start(args, format);
	rc = vasprintf(&path, format, args);
	va_end(args);
	if (rc < 0)
		return no_path(err);
	rc = read_text(path, &text, &len, err);
	if (rc == 1) {
		if (sscanf(text, "%9u:%9u %n", &major_no, &minor_no, &used) != 2 || (size_t)used != len)
			rc = error_set(err, ERR_CORRUPT, "%s holds no device number", path);
		else
			*out = makedev(major_no, minor_no);
		free(text);
	}
	free(path);
	return rc;
}

int sysfs_link_name(char **out, struct error *err, const char *format, ...)
{
	char *path, target[4096];
	const char *slash;
	va_list args;
	ssize_t len;
	int rc;

	va_start(args, format);
	rc = vasprintf(&path, format, args);
	va_end(args);
	if (rc < 0)
		return no_path(err);
	len = readlink(path, target, sizeof(target) - 1);
	if (len < 0) {
		rc = is_gone(errno) ? 0 : error_set_errno(err, ERR_IO, errno, "cannot read the link %s", path);
	} else {
		target[len] = '\0';
		slash = strrchr(target, '/');
		*out = strdup(slash ? slash + 1 : target);
		rc = *out ? 1 : no_path(err);
	}
	free(path);
	return rc;
}

int sysfs_names(const char *path, sysfs_name_fn *fn, void *arg, struct error *err)
{
	DIR *dir = opendir(path);
	struct dirent *entry;
	int rc = 0;

	if (!dir)
		return is_gone(errno) ? 0 : error_set_errno(err, ERR_IO, errno, "cannot open %s", path);
	while (rc == 0 && (errno = 0, entry = readdir(dir)) != NULL)
		if (entry->d_name[0] != '.')
			rc = fn(arg, entry->d_name, err);
	if (rc == 0 && errno != 0)
		rc = error_set_errno(err, ERR_IO, errno, "cannot read %s", path);
	(void)closedir(dir);
	return rc;
}
