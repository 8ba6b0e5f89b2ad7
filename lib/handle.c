// SPDX-License-Identifier: LGPL-2.1-or-later
/* Handles of enclaves and images: made, asked and freed. */
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#include "enclave.h"
#include "message.h"

const char *avow_version(void)
{
	return AVOW_VERSION;
}

/* Avow knows INFO. What does not, but answers CREATE of no argument as both drivers do, is the kernel's. */
static int ask_device(struct avow_enclave *e, const char *device)
{
	struct avow_info info;

	if (!ioctl(e->fd, AVOW_IOC_INFO, &info)) {
		e->features = info.features;
		return 0;
	}
	if (errno != ENOTTY)
		return avow_fail(-errno, "%s: AVOW_IOC_INFO: %s", device, strerror(errno));
	if (ioctl(e->fd, SGX_IOC_ENCLAVE_CREATE, NULL) && errno == EFAULT) {
		e->in_tree = true;
		return 0;
	}
	return avow_fail(-ENODEV, "%s: not a device for enclaves", device);
}

int avow_enclave_new(struct avow_enclave **e, const char *device)
{
	int err;

	*e = malloc(sizeof(**e));
	if (!*e)
		return avow_no_memory();
	err = avow_enclave_open(*e, device);
	if (!err) {
		err = ask_device(*e, device ? device : AVOW_DEVICE);
		if (err)
			avow_enclave_close(*e);
	}
	if (err) {
		free(*e);
		*e = NULL;
	}
	return err;
}

int avow_enclave_new_offline(struct avow_enclave **e)
{
	*e = calloc(1, sizeof(**e));
	if (!*e)
		return avow_no_memory();
	(*e)->fd = -1;
	(*e)->offline = true;
	return 0;
}

void avow_enclave_free(struct avow_enclave *e)
{
	if (!e)
		return;
	avow_enclave_close(e);
	free(e);
}

int avow_enclave_fd(const struct avow_enclave *e)
{
	return e->fd;
}

u64 avow_enclave_features(const struct avow_enclave *e)
{
	return e->features;
}

u64 avow_enclave_base(const struct avow_enclave *e)
{
	return e->base;
}

u64 avow_enclave_size(const struct avow_enclave *e)
{
	return e->size;
}

int avow_image_new(struct avow_image **image, const char *path)
{
	int err;

	*image = malloc(sizeof(**image));
	if (!*image)
		return avow_no_memory();
	err = avow_image_open(*image, path);
	if (err) {
		free(*image);
		*image = NULL;
	}
	return err;
}

void avow_image_free(struct avow_image *image)
{
	if (!image)
		return;
	avow_image_close(image);
	free(image);
}

u64 avow_image_size(const struct avow_image *image)
{
	return image->size;
}

unsigned int avow_image_nr_segments(const struct avow_image *image)
{
	return image->nr;
}

struct avow_segment *avow_image_segment(struct avow_image *image, unsigned int i)
{
	return i < image->nr ? &image->segments[i] : NULL;
}

u32 avow_image_source_class(const struct avow_image *image, unsigned int i)
{
	return i < image->nr ? image->source_class[i] : AVOW_SRC_NONE;
}
