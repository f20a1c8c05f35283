/* Stands between SQLite and the disk (LD_PRELOAD): writes down every write and sync of files in one folder, in their
   order, and can fail one of them. A record is: kind, length of the name, offset, length of the data; name; data. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { OPEN = 'o', WRITE = 'w', TRUNCATE = 't', SYNC = 's', DELETE = 'd', MOST = 4096 };

static pthread_mutex_t guard = PTHREAD_MUTEX_INITIALIZER;
static char *names[MOST];
static const char *folder;
static int record_file = -1, error_number, from_then_on;
static long calls, failing_call = -1;

static ssize_t (*real_pwrite)(int, const void *, size_t, off64_t);
static ssize_t (*real_write)(int, const void *, size_t);
static int (*real_fsync)(int), (*real_ftruncate)(int, off64_t), (*real_close)(int), (*real_unlink)(const char *);
static int (*real_open)(const char *, int, ...);

__attribute__((constructor)) static void prepare(void)
{
    real_pwrite = dlsym(RTLD_NEXT, "pwrite64");
    real_write = dlsym(RTLD_NEXT, "write");
    real_fsync = dlsym(RTLD_NEXT, "fdatasync");
    real_ftruncate = dlsym(RTLD_NEXT, "ftruncate64");
    real_close = dlsym(RTLD_NEXT, "close");
    real_unlink = dlsym(RTLD_NEXT, "unlink");
    real_open = dlsym(RTLD_NEXT, "open64");
}

/* Attend to the files of a folder from now on, and write down to a file, if there is one, what is done to them. */
void recorder_begin(const char *attended, const char *record_to)
{
    folder = strdup(attended);
    if (record_to)
        record_file = real_open(record_to, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

/* Fail the call of this number, counted from now, and all after it if so asked. */
void recorder_fail(long call, int number, int all_after)
{
    calls = 0;
    failing_call = call;
    error_number = number;
    from_then_on = all_after;
}

long recorder_calls(void) { return calls; }

static int fails(const char *name)
{
    if (failing_call < 0 || strstr(name, "posted"))
        return 0;
    long call = calls++;
    return call == failing_call || (from_then_on && call > failing_call);
}

static const char *name_of(int fd) { return fd >= 0 && fd < MOST ? names[fd] : NULL; }

static void record(char kind, const char *name, int64_t offset, const void *data, int64_t length)
{
    struct { int64_t kind, name, offset, length; } head = {kind, (int64_t)strlen(name), offset, length};
    if (record_file < 0)
        return;
    if (real_write(record_file, &head, sizeof head) < 0 || real_write(record_file, name, head.name) < 0
        || (length && real_write(record_file, data, length) < 0))
        abort();
}

static int opened(int fd, const char *path)
{
    size_t length = folder ? strlen(folder) : 0;
    if (fd < 0 || fd >= MOST || !length || strncmp(path, folder, length) || (path[length] && path[length] != '/'))
        return fd;
    pthread_mutex_lock(&guard);
    free(names[fd]);
    names[fd] = strdup(path + length + (path[length] == '/')); /* empty for the folder itself */
    record(OPEN, names[fd], 0, NULL, 0);
    pthread_mutex_unlock(&guard);
    return fd;
}

#define OPENING(function)                                                                                              \
    int function(const char *path, int flags, ...)                                                                     \
    {                                                                                                                  \
        va_list rest;                                                                                                  \
        va_start(rest, flags);                                                                                         \
        int mode = va_arg(rest, int);                                                                                  \
        va_end(rest);                                                                                                  \
        return opened(real_open(path, flags, mode), path);                                                             \
    }

OPENING(open)
OPENING(open64)

#define RECORDED(fd, kind, offset, data, length, call)                                                                 \
    const char *name = name_of(fd);                                                                                    \
    if (!name || strstr(name, "-shm"))                                                                                 \
        return call;                                                                                                   \
    pthread_mutex_lock(&guard);                                                                                        \
    ssize_t done = -1;                                                                                                 \
    if (fails(name))                                                                                                   \
        errno = error_number;                                                                                          \
    else if ((done = call) >= 0)                                                                                       \
        record(kind, name, offset, data, length);                                                                      \
    pthread_mutex_unlock(&guard);                                                                                      \
    return done

static ssize_t written(int fd, const void *data, size_t length, off64_t offset)
{
    RECORDED(fd, WRITE, offset, data, done, real_pwrite(fd, data, length, offset));
}

static int synced(int fd) { RECORDED(fd, SYNC, 0, NULL, 0, real_fsync(fd)); }

static int truncated(int fd, off64_t length) { RECORDED(fd, TRUNCATE, length, NULL, 0, real_ftruncate(fd, length)); }

ssize_t pwrite(int fd, const void *data, size_t length, off_t offset) { return written(fd, data, length, offset); }
ssize_t pwrite64(int fd, const void *data, size_t length, off64_t offset) { return written(fd, data, length, offset); }
ssize_t write(int fd, const void *data, size_t length) { RECORDED(fd, WRITE, -1, data, done, real_write(fd, data, length)); }
int fsync(int fd) { return synced(fd); }
int fdatasync(int fd) { return synced(fd); }
int ftruncate(int fd, off_t length) { return truncated(fd, length); }
int ftruncate64(int fd, off64_t length) { return truncated(fd, length); }

int unlink(const char *path)
{
    int done = real_unlink(path);
    if (!done && folder && !strncmp(path, folder, strlen(folder))) {
        pthread_mutex_lock(&guard);
        record(DELETE, path + strlen(folder) + 1, 0, NULL, 0);
        pthread_mutex_unlock(&guard);
    }
    return done;
}

int close(int fd)
{
    if (name_of(fd)) {
        pthread_mutex_lock(&guard);
        free(names[fd]);
        names[fd] = NULL;
        pthread_mutex_unlock(&guard);
    }
    return real_close(fd);
}
