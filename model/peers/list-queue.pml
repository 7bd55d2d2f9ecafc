/* A work queue on a list: M items, C workers, at most K crashes. The same as scenarios/bench/list-queue-M-C-K.toml.

   All items are there beforehand, the first at the tail. A worker moves the item at the tail into a list of its own, works
   on it once (by a mark that is set with the effect), and removes it. Where there is nothing it rests. A crash takes what a
   worker remembers; when it starts, it first moves what its list holds back to the tail, item by item, until it is empty.

   One d_step is one action; with -DSYMMETRIC workers are interchangeable.

   spin -o2 -DM=3 -DC=2 -DK=2 -a list-queue.pml && gcc -O3 -DSAFETY -DNOFAIR -DNOREDUCE -o pan pan.c && ./pan -m100000 -w20
   2 to 5 items, 2 or 3 workers. */

#define RESTORES 0
#define TAKES    1
#define RESTS    2
#define WORKS    3
#define REMOVES  4
#define CRASHED  5

/* Items from 1, from the head to the tail; 0 beyond it. */
#if M == 2
byte queue[M] = {2, 1};
#elif M == 3
byte queue[M] = {3, 2, 1};
#elif M == 4
byte queue[M] = {4, 3, 2, 1};
#elif M == 5
byte queue[M] = {5, 4, 3, 2, 1};
#endif
byte length = M;
byte kept[C];    /* the item in a worker's own list; 0 for none. It never holds two. */
byte does[C];
byte done[M];    /* marked, with its effect */
byte crashes;
hidden byte i;
hidden byte held;

/* Sorted by all that tells a worker from the others. */
#ifdef SYMMETRIC
#define KEY(c)  ((does[c] << 4) + kept[c])
inline canonical() {
    i = 1;
    do
    :: i < C && KEY(i - 1) > KEY(i) ->
        held = does[i - 1]; does[i - 1] = does[i]; does[i] = held;
        held = kept[i - 1]; kept[i - 1] = kept[i]; kept[i] = held;
        i = (i > 1 -> i - 1 : 1)
    :: i < C && KEY(i - 1) <= KEY(i) -> i++
    :: else -> break
    od;
    skip
}
#else
inline canonical() { skip }
#endif

inline restores(c) {
    d_step { does[c] == RESTORES ->
        if
        :: kept[c] > 0 -> queue[length] = kept[c]; length++; kept[c] = 0
        :: else -> does[c] = TAKES
        fi;
        canonical() }
}

inline takes(c) {
    d_step { does[c] == TAKES ->
        if
        :: length > 0 -> length--; kept[c] = queue[length]; queue[length] = 0; does[c] = WORKS
        :: else -> does[c] = RESTS
        fi;
        canonical() }
}

inline rests(c) {
    d_step { does[c] == RESTS -> does[c] = TAKES; canonical() }
}

inline works(c) {
    d_step { does[c] == WORKS ->
        if
        :: done[kept[c] - 1] == 0 -> done[kept[c] - 1] = 1
        :: else                     /* the mark is there */
        fi;
        does[c] = REMOVES;
        canonical() }
}

inline removes(c) {
    d_step { does[c] == REMOVES ->
        assert(done[kept[c] - 1] == 1);
        kept[c] = 0; does[c] = TAKES;
        canonical() }
}

inline crashes_(c) {
    d_step { does[c] != CRASHED && crashes < K -> does[c] = CRASHED; crashes++; canonical() }
}

inline restarts(c) {
    d_step { does[c] == CRASHED -> does[c] = RESTORES; canonical() }
}

#define WORKER(c)  :: restores(c) :: takes(c) :: rests(c) :: works(c) :: removes(c) :: crashes_(c) :: restarts(c)

active proctype world() {
    do
    WORKER(0)
    WORKER(1)
#if C > 2
    WORKER(2)
#endif
    od
}
