// SPDX-License-Identifier: LGPL-2.1-or-later
#include <sys/mman.h>

#include "operands.h"

void operands_signed(struct scene *s, u64 attributes)
{
	const struct avow_params params = { .attributes = attributes };

	scene_image_with(s, 2, &params);
	scene_add(s, s->play, 2, AVOW_R | AVOW_W);
	REQUIRE_OK(avow_enclave_sign(&s->e, scene_key()));
}

void operands_map(struct scene *s)
{
	REQUIRE_OK(avow_enclave_map_image(&s->e, &s->image));
	scene_map(s, s->play, 2, PROT_READ | PROT_WRITE);
}
