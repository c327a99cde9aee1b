/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * badblocks_list through libndctl, beside sysfs.
 *
 * libndctl knows the bad blocks of a region, relative to the region's start. A namespace is a part of a region, and
 * its data (what the block or DAX device shows) is a part of the namespace, behind the metadata of fsdax and devdax
 * mode. Both say where in physical memory they begin, which is what the places are compared by. A namespace in sector
 * mode (BTT) moves sectors about: nothing can be said of it, and it handles errors itself.
 */
#include <daxctl/libdaxctl.h>
#include <ndctl/libndctl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "device/badblocks_text.h"
#include "device/badblocks_walk.h"

#define LINE_MAX_BYTES 33u /* two numbers of 20 and 10 digits */

/* Physical memory that a device shows; resource ULLONG_MAX where only root may know. */
struct extent {
	unsigned long long resource;
	unsigned long long size;
};

static bool is_named(const char *name, const char *wanted)
{
	return name && strcmp(name, wanted) == 0;
}

/* Whether the namespace is what the block device @name shows, and then from where on. */
static bool shows_disk(struct ndctl_namespace *namespace, const char *name, struct extent *out)
{
	struct ndctl_pfn *pfn = ndctl_namespace_get_pfn(namespace);

	if (ndctl_namespace_get_btt(namespace) || ndctl_namespace_get_dax(namespace))
		return false;
	if (pfn) {
		*out = (struct extent){ndctl_pfn_get_resource(pfn), ndctl_pfn_get_size(pfn)};
		return is_named(ndctl_pfn_get_block_device(pfn), name);
	}
	*out = (struct extent){ndctl_namespace_get_resource(namespace), ndctl_namespace_get_size(namespace)};
	return is_named(ndctl_namespace_get_block_device(namespace), name);
}

/* The same for the DAX device @name. */
static bool shows_dax(struct ndctl_namespace *namespace, const char *name, struct extent *out)
{
	struct ndctl_dax *dax = ndctl_namespace_get_dax(namespace);
	struct daxctl_region *region = dax ? ndctl_dax_get_daxctl_region(dax) : NULL;
	struct daxctl_dev *dev;

	if (!region)
		return false;
	daxctl_dev_foreach(region, dev)
	{
		if (is_named(daxctl_dev_get_devname(dev), name)) {
			*out = (struct extent){daxctl_dev_get_resource(dev), daxctl_dev_get_size(dev)};
			return true;
		}
	}
	return false;
}

/* Adds the bad blocks of @region that lie in @extent. */
static int take_region(struct ndctl_region *region, const struct extent *extent, struct badblocks *out,
		       struct error *err)
{
	unsigned long long base = ndctl_region_get_resource(region);
	struct interval_set all = {0};
	size_t count = 0, text_bytes = 0, page_bytes = (size_t)sysconf(_SC_PAGESIZE);
	struct badblock *bad;
	int rc = 0;

	ndctl_region_badblock_foreach(region, bad)
	{
		uint64_t start = bad->offset * BADBLOCKS_SECTOR_BYTES;

		if (rc == 0)
			rc = interval_add(&all, start, start + (uint64_t)bad->len * BADBLOCKS_SECTOR_BYTES);
		count++;
		text_bytes += (size_t)snprintf(NULL, 0, "%llu %u\n", bad->offset, bad->len);
	}
	interval_settle(&all);
	/*
	 * The list is full, or libndctl read it from a page of text that was: the last line may have been lost or cut.
	 * Or known to be bad, but not where, as the place in memory is for root.
	 */
	if (count >= BADBLOCKS_FULL || text_bytes + LINE_MAX_BYTES >= page_bytes ||
	    (count > 0 && (base == ~0ull || extent->resource == ~0ull || extent->resource < base)))
		out->maybe_incomplete = true;
	if (rc == 0 && base != ~0ull && extent->resource != ~0ull && extent->resource >= base)
		rc = badblocks_move(&all, extent->resource - base, extent->size, 0, &out->bytes);
	interval_fini(&all);
	return rc == 0 ? 0 : error_set(err, ERR_NOMEM, "no memory for bad blocks");
}

/* libndctl would print to standard error. What matters comes back as a value. */
__attribute__((format(printf, 6, 0))) static void say_nothing(struct ndctl_ctx *ctx, int priority, const char *file,
							      int line, const char *fn, const char *format,
							      va_list args)
{
	(void)ctx, (void)priority, (void)file, (void)line, (void)fn, (void)format, (void)args;
}

typedef bool shows_fn(struct ndctl_namespace *namespace, const char *name, struct extent *out);

static int search(struct ndctl_ctx *ctx, shows_fn *shows, const char *name, struct badblocks *out, struct error *err)
{
	struct ndctl_bus *bus;
	struct ndctl_region *region;
	struct ndctl_namespace *namespace;
	struct extent extent;

	ndctl_bus_foreach(ctx, bus)
		ndctl_region_foreach(bus, region)
			ndctl_namespace_foreach(region, namespace)
				if (shows(namespace, name, &extent)) {
					out->from_ndctl = true;
					return take_region(region, &extent, out, err);
				}
	return 0;
}

static int ask(shows_fn *shows, const char *name, struct badblocks *out, struct error *err)
{
	struct ndctl_ctx *ctx;
	int rc = ndctl_new(&ctx);

	if (rc != 0)
		return error_set_errno(err, ERR_IO, -rc, "cannot ask libndctl for bad blocks");
	ndctl_set_log_fn(ctx, say_nothing);
	rc = search(ctx, shows, name, out, err);
	ndctl_unref(ctx);
	return rc;
}

static int disk(const char *name, struct badblocks *out, struct error *err)
{
	return ask(shows_disk, name, out, err);
}

static int dax(const char *name, struct badblocks *out, struct error *err)
{
	return ask(shows_dax, name, out, err);
}

int badblocks_list(const char *path, struct badblocks *out, struct error *err)
{
	static const struct badblocks_sources sources = {
		.paths = &system_paths_real, .disk = disk, .dax = dax, .table = dm_table_read};

	return badblocks_list_from(&sources, path, out, err);
}
