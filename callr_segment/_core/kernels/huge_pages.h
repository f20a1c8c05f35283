/* Memory that is about to be written from end to end, once. */
#ifndef CALLR_SEGMENT_PAGES_H
#define CALLR_SEGMENT_PAGES_H

#include <stddef.h>

#ifdef __linux__
#include <sys/mman.h>
#endif

/* Ask for large pages: the first touch of each page is a fault, which may cost more than what is written there.
   It is advice: where there are none, nothing changes. */
static inline void prefer_huge_pages(void *start, size_t size)
{
#ifdef MADV_HUGEPAGE
    const size_t page = 4096, before = (page - (size_t)start % page) % page;
    if (size > before)
        madvise((char *)start + before, (size - before) / page * page, MADV_HUGEPAGE);
#else
    (void)start, (void)size;
#endif
}

#endif
