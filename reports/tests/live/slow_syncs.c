/* A disk that takes more than a second for each sync. */
#include <sys/syscall.h>
#include <unistd.h>

int fdatasync(int file) {
    usleep(1200000);
    return syscall(SYS_fdatasync, file);
}
