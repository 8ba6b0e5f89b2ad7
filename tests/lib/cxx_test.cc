// SPDX-License-Identifier: LGPL-2.1-or-later
/* <libavow.h> in C++, with the shared library: what C++ would stumble over is used once. */
#include <libavow.h>

#include <cstdio>
#include <cstring>

static int messages;

static void on_message(void *, int, const char *)
{
	messages++;
}

/* A structure and a function of like names are two things. */
static int ask(const avow_enclave *e, avow_info *info)
{
	return avow_get_info(avow_enclave_fd(e), info);
}

int main()
{
	avow_params params = avow_params();
	avow_pages pages = avow_pages();
	avow_info info = avow_info();
	avow_enclave *e;
	__u8 mrenclave[AVOW_MRENCLAVE_BYTES];
	bool ok;

	avow_set_message_handler(on_message, nullptr, nullptr, nullptr);
	params.size = 0x10000;
	pages.secinfo = avow_secinfo_reg(AVOW_R) | AVOW_SECINFO_TCS;
	pages.flags = avow_page_intent(AVOW_R);
	pages.length = 4096;
	/* Without a source only a page that is not measured can be added. */
	ok = !avow_enclave_new_offline(&e) && !avow_enclave_create(e, &params) && !avow_enclave_add(e, &pages, nullptr) &&
	     !avow_enclave_mrenclave(e, mrenclave) && ask(e, &info) == -9 && messages == 1;
	avow_enclave_free(e);
	std::printf("1..1\n%s 1 libavow in C++\n", ok ? "ok" : "not ok");
	return !ok;
}
