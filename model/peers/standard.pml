/* The standard protocol: a stream of M messages, one group of C consumers, at most K crashes, D deliveries before the
   dead-letter stream. The same as scenarios/bench/standard-M-C-K-D.toml, state by state.

   All messages are there beforehand. Whoever has nothing at hand reads the next message, or claims one that has been
   pending for too long; what was delivered D times goes to the dead-letter stream instead. The work has its effect once,
   by a mark that is set with it; then comes the acknowledgement, which asks for no owner. A crash takes what a consumer
   remembers and leaves what is pending. Time passes for all that is pending at once.

   One d_step is one action. A message is a byte, a consumer is a byte, and there is one process: SPIN copies and hashes
   no more than that. With -DSYMMETRIC consumers are interchangeable: each step ends with them in a canonical order.

   spin -o2 -DM=4 -DC=3 -DK=2 -DD=2 -a standard.pml && gcc -O3 -DSAFETY -DNOFAIR -DNOREDUCE -o pan pan.c && ./pan -m100000 -w22
   (-o2: without it SPIN leaves out variables that it finds dead.)  2 to 6 messages, 2 to 4 consumers, at most 4 deliveries. */

/* A message: its status, and while it is pending its owner, its delivery counter less 1, and whether it is stale.
   Whether it had its effect is the mark that was set with it. */
#define NEW   0
#define PEND  1
#define ACKED 2
#define DEAD  3
#define STATUS(m)  (msg[m] & 3)
#define OWNER(m)   ((msg[m] >> 2) & 3)
#define COUNT(m)   (((msg[m] >> 4) & 3) + 1)
#define OWNERS     (3 << 2)
#define STALE      64
#define DONE       128
#define PENDING(c, count)  (PEND | ((c) << 2) | (((count) - 1) << 4))

/* A consumer: what it is about to do, and with which message. */
#define IDLE    0
#define CRASHED 1
#define WORKS   2
#define ACKS    3
#define DOES(c) (who[c] & 3)
#define AT(c)   (who[c] >> 2)
#define WITH(does, m)  ((does) | ((m) << 2))

byte msg[M];
byte who[C];
byte next;     /* so many were delivered */
byte crashes;
hidden byte i; /* no part of a state */

#ifdef SYMMETRIC
/* A consumer is told from the others by what it does and by what is pending with it: nothing is pending with two, so that
   two with the same key are alike in everything. They are sorted by this key, and owners renamed with them. */
hidden int key[C];
hidden byte was[C];
hidden byte place[4];
hidden byte j;
hidden byte held;
hidden int kept;
hidden byte sorted;

inline canonical() {
    i = 0;
    do
    :: i < C -> key[i] = who[i] << 8; i++
    :: else -> break
    od;
    i = 0;
    do
    :: i < M ->
        if
        :: STATUS(i) == PEND -> key[OWNER(i)] = key[OWNER(i)] | (1 << i)
        :: else
        fi;
        i++
    :: else -> break
    od;
    i = 1; sorted = true;
    do
    :: i < C ->
        if
        :: key[i - 1] > key[i] -> sorted = false; break
        :: else -> i++
        fi
    :: else -> break
    od;
    if
    :: sorted
    :: else ->
        i = 0;
        do
        :: i < C -> was[i] = i; i++
        :: else -> break
        od;
        i = 1;
        do
        :: i < C ->
            kept = key[i]; held = was[i]; j = i;
            do
            :: j > 0 ->
                if
                :: key[j - 1] > kept -> key[j] = key[j - 1]; was[j] = was[j - 1]; j--
                :: else -> break
                fi
            :: else -> break
            od;
            key[j] = kept; was[j] = held;
            i++
        :: else -> break
        od;
        i = 0;
        do
        :: i < C -> who[i] = key[i] >> 8; place[was[i]] = i; i++
        :: else -> break
        od;
        i = 0;
        do
        :: i < M ->
            if
            :: STATUS(i) == PEND -> msg[i] = (msg[i] & ~OWNERS) | (place[OWNER(i)] << 2)
            :: else
            fi;
            i++
        :: else -> break
        od
    fi
}
#else
inline canonical() { skip }
#endif

inline reads(c) {
    d_step { DOES(c) == IDLE && next < M ->
        msg[next] = PENDING(c, 1);
        who[c] = WITH(WORKS, next);
        next++;
        canonical() }
}

inline works(c) {
    d_step { DOES(c) == WORKS ->
        if
        :: msg[AT(c)] & DONE        /* the mark is there */
        :: else -> msg[AT(c)] = msg[AT(c)] | DONE
        fi;
        who[c] = WITH(ACKS, AT(c));
        canonical() }
}

inline acks(c) {
    d_step { DOES(c) == ACKS ->
        i = AT(c);
        assert(msg[i] & DONE);
        if
        :: STATUS(i) == PEND -> msg[i] = ACKED | (msg[i] & DONE)
        :: else
        fi;
        who[c] = IDLE;
        canonical() }
}

inline crashes_(c) {
    d_step { DOES(c) != CRASHED && crashes < K ->
        who[c] = CRASHED;
        crashes++;
        canonical() }
}

inline restarts(c) {
    d_step { DOES(c) == CRASHED ->
        who[c] = IDLE;
        canonical() }
}

inline claims(c, m) {
    d_step { DOES(c) == IDLE && STATUS(m) == PEND && (msg[m] & STALE) ->
        if
        :: COUNT(m) >= D -> msg[m] = DEAD | (msg[m] & DONE)
        :: else ->
            msg[m] = PENDING(c, COUNT(m) + 1) | (msg[m] & DONE);
            who[c] = WITH(WORKS, m)
        fi;
        canonical() }
}

/* Time passes as long as something is pending that is not stale. */
#define FRESH(m)  (STATUS(m) == PEND && !(msg[m] & STALE))

inline time_passes() {
    d_step { (FRESH(0)
#if M > 1
        || FRESH(1)
#endif
#if M > 2
        || FRESH(2)
#endif
#if M > 3
        || FRESH(3)
#endif
#if M > 4
        || FRESH(4)
#endif
#if M > 5
        || FRESH(5)
#endif
        ) ->
        i = 0;
        do
        :: i < M ->
            if
            :: STATUS(i) == PEND -> msg[i] = msg[i] | STALE
            :: else
            fi;
            i++
        :: else -> break
        od;
        canonical() }
}

#define OVER(m)  (STATUS(m) >= ACKED)

#if M == 2
#define CLAIMS(c)  :: claims(c, 0) :: claims(c, 1)
#define ALL_OVER   (OVER(0) && OVER(1))
#elif M == 3
#define CLAIMS(c)  :: claims(c, 0) :: claims(c, 1) :: claims(c, 2)
#define ALL_OVER   (OVER(0) && OVER(1) && OVER(2))
#elif M == 4
#define CLAIMS(c)  :: claims(c, 0) :: claims(c, 1) :: claims(c, 2) :: claims(c, 3)
#define ALL_OVER   (OVER(0) && OVER(1) && OVER(2) && OVER(3))
#elif M == 5
#define CLAIMS(c)  :: claims(c, 0) :: claims(c, 1) :: claims(c, 2) :: claims(c, 3) :: claims(c, 4)
#define ALL_OVER   (OVER(0) && OVER(1) && OVER(2) && OVER(3) && OVER(4))
#elif M == 6
#define CLAIMS(c)  :: claims(c, 0) :: claims(c, 1) :: claims(c, 2) :: claims(c, 3) :: claims(c, 4) :: claims(c, 5)
#define ALL_OVER   (OVER(0) && OVER(1) && OVER(2) && OVER(3) && OVER(4) && OVER(5))
#endif

#define CONSUMER(c)  :: reads(c) :: works(c) :: acks(c) :: crashes_(c) :: restarts(c) CLAIMS(c)

active proctype world() {
    do
    CONSUMER(0)
    CONSUMER(1)
#if C > 2
    CONSUMER(2)
#endif
#if C > 3
    CONSUMER(3)
#endif
    :: time_passes()
    /* An end is one in which every message is acknowledged or dead: anything else without a way on is reported. */
    :: ALL_OVER
    od
}
