package org.basisar.nn.io.pytorch;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.basisar.nn.io.pytorch.TorchFileException.Reason;
import org.jspecify.annotations.Nullable;

/** Files that must be refused, each with the reason. */
final class HostileCorpus {
  private static final byte[] FOUR_FLOATS = new byte[16];
  private static final long HUGE = Long.MAX_VALUE;

  /** One file; the reason is null where damage may be noticed in more than one way. */
  record Hostile(String title, ByteBuffer file, @Nullable Reason reason) {
    byte[] bytes() {
      byte[] bytes = new byte[file.remaining()];
      file.get(file.position(), bytes);
      return bytes;
    }

    @Override
    public String toString() {
      return title;
    }
  }

  private final List<Hostile> cases = new ArrayList<>();

  private HostileCorpus() {}

  static List<Hostile> all() {
    HostileCorpus corpus = new HostileCorpus();
    corpus.classes();
    corpus.instructions();
    corpus.pickles();
    corpus.structures();
    corpus.tensors();
    corpus.storages();
    corpus.containers();
    corpus.paths();
    corpus.bombs();
    corpus.legacy();
    return corpus.cases;
  }

  private void add(String title, @Nullable Reason reason, byte[] file) {
    cases.add(new Hostile(title, ByteBuffer.wrap(file), reason));
  }

  private void pickle(String title, Reason reason, Consumer<PickleBytes> body) {
    PickleBytes pickle = PickleBytes.start();
    body.accept(pickle);
    add(title, reason, zip(pickle.stop()));
  }

  static byte[] zip(byte[] pickle) {
    return plain(pickle).bytes();
  }

  static ZipBytes plain(byte[] pickle) {
    return new ZipBytes().stored("a/data.pkl", pickle).stored("a/data/0", FOUR_FLOATS);
  }

  /** A dict with one tensor of four elements. */
  static byte[] goodPickle() {
    return PickleBytes.start()
        .ops("}(")
        .text("w")
        .tensor(4, 0, new long[] {2, 2}, new long[] {2, 1})
        .ops("u")
        .stop();
  }

  static byte[] goodZip() {
    return zip(goodPickle());
  }

  static byte[] legacyFile(byte[] object, long elements, byte[] data) {
    byte[] magic = {
      (byte) 0x8a,
      10,
      0x6c,
      (byte) 0xfc,
      (byte) 0x9c,
      0x46,
      (byte) 0xf9,
      0x20,
      0x6a,
      (byte) 0xa8,
      0x50,
      0x19
    };
    return PickleBytes.start()
        .raw(magic)
        .ops(".")
        .raw(PickleBytes.start().whole(1001).stop())
        .raw(PickleBytes.start().ops("}").text("little_endian").op(0x88).ops("s").stop())
        .raw(object)
        .raw(PickleBytes.start().ops("](").text("0").ops("e").stop())
        .raw(longBytes(elements))
        .raw(data)
        .bytes();
  }

  private static byte[] longBytes(long value) {
    byte[] bytes = new byte[8];
    for (int i = 0; i < 8; i++) {
      bytes[i] = (byte) (value >>> (8 * i));
    }
    return bytes;
  }

  private void classes() {
    for (String name :
        """
        os system,posix system,nt system,posix popen,subprocess Popen,subprocess call,\
        subprocess check_output,builtins eval,builtins exec,builtins compile,builtins open,\
        builtins getattr,builtins setattr,builtins __import__,__builtin__ eval,__builtin__ file,\
        __builtin__ set,builtins set,builtins bytearray,builtins object,builtins print,\
        sys exit,sys modules,runpy run_path,runpy _run_code,code InteractiveInterpreter,\
        importlib import_module,types CodeType,types FunctionType,marshal loads,pickle loads,\
        _pickle loads,shutil rmtree,pathlib PosixPath,socket socket,ctypes CDLL,pty spawn,\
        webbrowser open,timeit timeit,operator attrgetter,operator methodcaller,\
        functools partial,copyreg _reconstructor,copy_reg _reconstructor,collections deque,\
        collections defaultdict,collections Counter,argparse ArgumentParser,argparse _sys,\
        numpy.core.multiarray _reconstruct,numpy dtype,numpy load,torch load,torch hub.load,\
        torch.hub load,torch Tensor,torch FloatTensor,torch FloatStorage2,torch Storage,\
        torch.storage UntypedStorage,torch._utils _rebuild_tensor,torch._utils _rebuild_qtensor,\
        torch._utils _rebuild_sparse_tensor,torch._utils _import_dotted_name,\
        torch.nn.modules.linear Linear,torch.jit load,__torch__.Model Model,\
        pytorch_lightning.callbacks ModelCheckpoint,omegaconf DictConfig,Collections OrderedDict,\
        collections OrderedDict.fromkeys,collections.OrderedDict fromkeys,argparse Namespace.x,\
        \0 \0,. .,os\0 system,ｏｓ system\
        """
            .split(",", -1)) {
      int space = name.indexOf(' ');
      String module = name.substring(0, space);
      String title = name.substring(space + 1);
      pickle("class " + name, Reason.FORBIDDEN_CLASS, p -> p.global(module, title).ops(")R"));
    }
    pickle(
        "class by the stack",
        Reason.FORBIDDEN_CLASS,
        p -> p.text("os").text("system").op(0x93).text("id").op(0x85).ops("R"));
    pickle(
        "bomb inside a state dict",
        Reason.FORBIDDEN_CLASS,
        p -> p.ops("}(").text("w").global("os", "system").text("id").op(0x85).ops("Ru"));
    pickle(
        "bomb that is popped again",
        Reason.FORBIDDEN_CLASS,
        p -> p.global("os", "system").text("id").op(0x85).ops("R0N"));
    pickle("very long name", Reason.FORBIDDEN_CLASS, p -> p.global("o".repeat(100_000), "s"));
  }

  private void instructions() {
    String known = "(012NJKXTU}])taesuqrhjcQRbGM.";
    for (int code = 0; code < 256; code++) {
      boolean high =
          code == 0x80
              || code == 0x81
              || (code >= 0x85 && code <= 0x8a)
              || code == 0x8c
              || code == 0x93
              || code == 0x94
              || code == 0x95;
      if (known.indexOf(code) < 0 && !high) {
        int instruction = code;
        pickle(
            String.format("instruction 0x%02x", code),
            Reason.INSTRUCTION,
            p -> p.ops("N").op(instruction, 0, 0, 0, 0, '\n'));
      }
    }
  }

  private void pickles() {
    pickle("nothing on the stack", Reason.PICKLE, _ -> {});
    pickle("pop of nothing", Reason.PICKLE, p -> p.ops("0"));
    pickle("copy of nothing", Reason.PICKLE, p -> p.ops("2"));
    pickle("tuple without a mark", Reason.PICKLE, p -> p.ops("Nt"));
    pickle("pop to a mark that is not there", Reason.PICKLE, p -> p.ops("N1"));
    pickle("pair of one", Reason.PICKLE, p -> p.ops("N").op(0x86));
    pickle("pair across a mark", Reason.PICKLE, p -> p.ops("N(N").op(0x86));
    pickle("stop behind a mark", Reason.PICKLE, p -> p.ops("N("));
    pickle("recall of nothing", Reason.PICKLE, p -> p.ops("h").op(7));
    pickle("recall of a far nothing", Reason.PICKLE, p -> p.ops("j").int32(-1));
    pickle("append to a tuple", Reason.PICKLE, p -> p.ops(")Na"));
    pickle("append to a dict", Reason.PICKLE, p -> p.ops("}Na"));
    pickle("append to a number", Reason.PICKLE, p -> p.whole(1).ops("Na"));
    pickle("member of a list", Reason.PICKLE, p -> p.ops("]").text("k").ops("Ns"));
    pickle("member without a value", Reason.PICKLE, p -> p.ops("}(").text("k").ops("u"));
    pickle("key that is a list", Reason.PICKLE, p -> p.ops("}]Ns"));
    pickle("key that is a tuple", Reason.PICKLE, p -> p.ops("})Ns"));
    pickle(
        "key that is a class",
        Reason.PICKLE,
        p -> p.ops("}").global("torch", "FloatStorage").ops("Ns"));
    pickle("key that is a fraction", Reason.PICKLE, p -> p.ops("}G").raw(new byte[8]).ops("Ns"));
    pickle("call of a string", Reason.PICKLE, p -> p.text("system").ops(")R"));
    pickle("call of a dict", Reason.PICKLE, p -> p.ops("})R"));
    pickle(
        "call of a storage class", Reason.PICKLE, p -> p.global("torch", "FloatStorage").ops(")R"));
    pickle(
        "call with a number",
        Reason.PICKLE,
        p -> p.global("collections", "OrderedDict").whole(1).ops("R"));
    pickle(
        "object of a function",
        Reason.PICKLE,
        p -> p.global("torch._utils", "_rebuild_tensor_v2").ops(")").op(0x81));
    pickle(
        "object with arguments",
        Reason.PICKLE,
        p -> p.global("argparse", "Namespace").text("x").op(0x85, 0x81));
    pickle(
        "ordered dict of numbers",
        Reason.PICKLE,
        p -> p.global("collections", "OrderedDict").ops("](").whole(1).ops("e").op(0x85).ops("R"));
    pickle(
        "ordered dict of triples",
        Reason.PICKLE,
        p ->
            p.global("collections", "OrderedDict")
                .ops("]")
                .tuple(1, 2, 3)
                .ops("a")
                .op(0x85)
                .ops("R"));
    pickle(
        "ordered dict of two lists",
        Reason.PICKLE,
        p -> p.global("collections", "OrderedDict").ops("]]").op(0x86).ops("R"));
    pickle("attributes of a dict", Reason.PICKLE, p -> p.ops("}}b"));
    pickle("attributes of a list", Reason.PICKLE, p -> p.ops("]}b"));
    pickle(
        "attributes of a class", Reason.PICKLE, p -> p.global("argparse", "Namespace").ops("}b"));
    pickle(
        "attributes that are a list",
        Reason.PICKLE,
        p -> p.global("argparse", "Namespace").ops(")").op(0x81).ops("]b"));
    pickle(
        "parameter of a string",
        Reason.PICKLE,
        p ->
            p.global("torch._utils", "_rebuild_parameter")
                .text("x")
                .op(0x88)
                .ops("N")
                .op(0x87)
                .ops("R"));
    pickle(
        "parameter of nothing",
        Reason.PICKLE,
        p -> p.global("torch._utils", "_rebuild_parameter").ops(")R"));
    pickle("class named by a number", Reason.PICKLE, p -> p.whole(1).whole(2).op(0x93));
    pickle("future protocol", Reason.PICKLE, p -> p.op(0x80, 6).ops("N"));
    pickle("string not in UTF-8", Reason.PICKLE, p -> p.ops("X").int32(2).op(0xc3, 0x28));
    pickle("lone surrogate", Reason.PICKLE, p -> p.ops("X").int32(3).op(0xed, 0xa0, 0x80));
    pickle("string beyond the end", Reason.PICKLE, p -> p.ops("X").int32(-1).ops("abc"));
    pickle("old string beyond the end", Reason.PICKLE, p -> p.ops("T").int32(0x7fffffff));
    pickle("number beyond the end", Reason.PICKLE, p -> p.op(0x8a, 255));
    pickle("fraction beyond the end", Reason.PICKLE, p -> p.ops("G"));
    pickle("frame beyond the end", Reason.PICKLE, p -> p.op(0x95, 1, 2));
    pickle("name without an end", Reason.PICKLE, p -> p.ops("ccollections"));
    byte[] good = goodPickle();
    for (int cut = 0; cut < good.length; cut += 3) {
      add("pickle cut at " + cut, Reason.PICKLE, zip(Arrays.copyOf(good, cut)));
    }
  }

  private void structures() {
    pickle("list in itself", Reason.STRUCTURE, p -> p.ops("]q").op(0).ops("h").op(0).ops("a"));
    pickle(
        "dict in itself",
        Reason.STRUCTURE,
        p -> p.ops("}q").op(0).text("k").ops("h").op(0).ops("s"));
    pickle(
        "list in a dict in the list",
        Reason.STRUCTURE,
        p -> p.ops("]q").op(0).ops("}").text("k").ops("h").op(0).ops("sa"));
    pickle(
        "namespace in itself",
        Reason.STRUCTURE,
        p ->
            p.global("argparse", "Namespace")
                .ops(")")
                .op(0x81)
                .ops("q")
                .op(0)
                .ops("}")
                .text("me")
                .ops("h")
                .op(0)
                .ops("sb"));
    pickle("list in a tuple in the list", Reason.STRUCTURE, p -> p.ops("]2").op(0x85).ops("a"));
    pickle("deep lists", Reason.STRUCTURE, p -> p.ops("]".repeat(70) + "a".repeat(69)));
    pickle(
        "very deep lists", Reason.STRUCTURE, p -> p.ops("]".repeat(100_000) + "a".repeat(99_999)));
    pickle("deep tuples", Reason.STRUCTURE, p -> p.ops("N" + "\u0085".repeat(100_000)));
    pickle(
        "lists that double thirty times",
        Reason.STRUCTURE,
        p -> {
          p.ops("]");
          for (int i = 0; i < 30; i++) {
            p.op(0x94).ops("0](h").op(i).ops("h").op(i).ops("e");
          }
        });
    pickle(
        "tuples that triple twenty times",
        Reason.STRUCTURE,
        p -> p.ops("N" + "22\u0087".repeat(20)));
    pickle(
        "dicts that double",
        Reason.STRUCTURE,
        p -> {
          p.ops("}");
          for (int i = 0; i < 40; i++) {
            p.op(0x94).ops("0}(").text("a").ops("h").op(i).text("b").ops("h").op(i).ops("u");
          }
        });
    pickle(
        "function as a value",
        Reason.STRUCTURE,
        p -> p.global("torch._utils", "_rebuild_tensor_v2"));
    pickle(
        "class as a value",
        Reason.STRUCTURE,
        p -> p.ops("](").global("torch", "FloatStorage").ops("e"));
    pickle("storage as a value", Reason.STRUCTURE, p -> p.storage("FloatStorage", "0", 4));
    pickle("endless instructions", Reason.LIMIT, p -> p.raw(repeated("N0", 4_100_000)));
  }

  private static byte[] repeated(String pair, int bytes) {
    return pair.repeat(bytes / 2).getBytes(StandardCharsets.ISO_8859_1);
  }

  private void tensors() {
    tensor("too many elements", 4, 0, new long[] {5}, new long[] {1});
    tensor("offset of one", 4, 1, new long[] {4}, new long[] {1});
    tensor("offset at the end", 4, 4, new long[] {1}, new long[] {1});
    tensor("offset at the end, stride 0", 4, 4, new long[] {3}, new long[] {0});
    tensor("offset beyond", 4, 5, new long[] {0}, new long[] {1});
    tensor("absurd offset", 4, HUGE, new long[] {1}, new long[] {1});
    tensor("absurd offset of nothing", 4, HUGE, new long[] {0}, new long[] {1});
    tensor("negative offset", 4, -1, new long[] {1}, new long[] {1});
    tensor("negative extent", 4, 0, new long[] {-1}, new long[] {1});
    tensor("two negative extents", 4, 0, new long[] {-2, -2}, new long[] {2, 1});
    tensor("negative stride", 4, 3, new long[] {4}, new long[] {-1});
    tensor("stride of two", 4, 0, new long[] {4}, new long[] {2});
    tensor("absurd stride", 4, 0, new long[] {2}, new long[] {HUGE});
    tensor("strides whose sum wraps", 4, 0, new long[] {2, 2}, new long[] {HUGE, HUGE});
    tensor("stride whose product wraps", 4, 0, new long[] {3}, new long[] {1L << 62});
    tensor("extent of 2^31", 4, 0, new long[] {1L << 31}, new long[] {0});
    tensor("extent of 2^63-1", 4, 0, new long[] {HUGE}, new long[] {0});
    tensor("product of 2^31", 4, 0, new long[] {1 << 16, 1 << 15}, new long[] {0, 0});
    tensor(
        "product that wraps to 0", 4, 0, new long[] {1 << 30, 1 << 30, 16}, new long[] {0, 0, 0});
    tensor("repeated by stride 0", 4, 0, new long[] {1000, 4}, new long[] {0, 1});
    tensor("huge by stride 0", 1, 0, new long[] {Integer.MAX_VALUE}, new long[] {0});
    tensor("fewer strides", 4, 0, new long[] {2, 2}, new long[] {1});
    tensor("more strides", 4, 0, new long[] {4}, new long[] {1, 1});
    tensor("no strides", 4, 0, new long[] {4}, new long[] {});
    tensor("rank 33", 4, 0, ones(33), ones(33));
    tensor("rank 10000", 4, 0, ones(10_000), ones(10_000));
    String[] arguments = {"", "N", "NN", "]]]]", "NNNNNN", "}}}}}}", "]]]]]]", "NNNNNNNN"};
    for (String few : arguments) {
      pickle(
          "tensor of arguments " + few,
          Reason.TENSOR,
          p -> p.global("torch._utils", "_rebuild_tensor_v2").ops("(" + few + "tR"));
    }
    pickle(
        "extents that are strings",
        Reason.TENSOR,
        p ->
            p.global("torch._utils", "_rebuild_tensor_v2")
                .ops("(")
                .storage("FloatStorage", "0", 4)
                .whole(0)
                .text("4")
                .op(0x85)
                .tuple(1)
                .op(0x89)
                .ops("NtR"));
    pickle(
        "extent that is a huge number",
        Reason.TENSOR,
        p ->
            p.global("torch._utils", "_rebuild_tensor_v2")
                .ops("(")
                .storage("FloatStorage", "0", 4)
                .whole(0)
                .op(0x8a, 255)
                .raw(filled(255))
                .op(0x85)
                .tuple(1)
                .op(0x89)
                .ops("NtR"));
  }

  private static byte[] filled(int count) {
    byte[] bytes = new byte[count];
    Arrays.fill(bytes, (byte) 0x7f);
    return bytes;
  }

  private static long[] ones(int count) {
    long[] ones = new long[count];
    Arrays.fill(ones, 1);
    return ones;
  }

  private void tensor(String title, long room, long offset, long[] extents, long[] strides) {
    byte[] pickle = PickleBytes.start().tensor(room, offset, extents, strides).stop();
    byte[] file =
        new ZipBytes()
            .stored("a/data.pkl", pickle)
            .stored("a/data/0", new byte[(int) (4 * room)])
            .bytes();
    add("tensor: " + title, Reason.TENSOR, file);
  }

  private void storages() {
    storage("shorter than claimed", "FloatStorage", "0", 5);
    storage("longer than claimed", "FloatStorage", "0", 3);
    storage("of another type", "DoubleStorage", "0", 4);
    storage("absent", "FloatStorage", "1", 4);
    storage("absurdly long", "FloatStorage", "0", HUGE);
    storage("of 2^60 elements", "DoubleStorage", "0", 1L << 60);
    storage("whose bytes wrap to 16", "FloatStorage", "0", (1L << 62) + 4);
    storage("negative", "FloatStorage", "0", -4);
    storage("with an empty key", "FloatStorage", "", 4);
    storage("with a path as its key", "FloatStorage", "../data.pkl", 4);
    storage("that is the pickle", "ByteStorage", "../../etc/passwd", 4);
    storage("with an absolute path", "ByteStorage", "/etc/passwd", 4);
    pickle(
        "described twice",
        Reason.STORAGE,
        p -> p.ops("(").tensor(4, 0, ones(1), ones(1)).tensor(3, 0, ones(1), ones(1)).ops("t"));
    pickle("id that is a string", Reason.STORAGE, p -> p.text("storage").ops("Q"));
    pickle(
        "id of another kind",
        Reason.STORAGE,
        p ->
            p.ops("(")
                .text("module")
                .global("torch", "FloatStorage")
                .text("0")
                .text("cpu")
                .whole(4)
                .ops("tQ"));
    pickle(
        "id without a class",
        Reason.STORAGE,
        p -> p.ops("(").text("storage").text("Float").text("0").text("cpu").whole(4).ops("tQ"));
    pickle(
        "id with a number as key",
        Reason.STORAGE,
        p ->
            p.ops("(")
                .text("storage")
                .global("torch", "FloatStorage")
                .whole(0)
                .text("cpu")
                .whole(4)
                .ops("tQ"));
    pickle("id that is short", Reason.STORAGE, p -> p.ops("(").text("storage").ops("tQ"));
    pickle(
        "id that is long",
        Reason.STORAGE,
        p ->
            p.ops("(")
                .text("storage")
                .global("torch", "FloatStorage")
                .text("0")
                .text("cpu")
                .whole(4)
                .ops("NNtQ"));
    pickle(
        "view beyond its storage",
        Reason.STORAGE,
        p ->
            p.ops("(")
                .text("storage")
                .global("torch", "FloatStorage")
                .text("0")
                .text("cpu")
                .whole(4)
                .ops("(")
                .text("v")
                .whole(3)
                .whole(2)
                .ops("ttQ"));
    pickle(
        "view of two fields",
        Reason.STORAGE,
        p ->
            p.ops("(")
                .text("storage")
                .global("torch", "FloatStorage")
                .text("0")
                .text("cpu")
                .whole(4)
                .tuple(0, 1)
                .ops("tQ"));
  }

  private void storage(String title, String type, String key, long elements) {
    pickle(
        "storage " + title,
        Reason.STORAGE,
        p ->
            p.global("torch._utils", "_rebuild_tensor_v2")
                .ops("(")
                .storage(type, key, elements)
                .whole(0)
                .tuple(0)
                .tuple(1)
                .op(0x89)
                .ops("NtR"));
  }

  private void containers() {
    byte[] good = goodZip();
    ZipBytes zip = plain(goodPickle());
    add("empty file", Reason.FORMAT, new byte[0]);
    add("two letters", Reason.FORMAT, new byte[] {'P', 'K'});
    add("text", Reason.FORMAT, "not a model at all, just words".getBytes(StandardCharsets.UTF_8));
    add("only a signature", Reason.CONTAINER, new byte[] {'P', 'K', 3, 4});
    add("signature and zeros", Reason.CONTAINER, Arrays.copyOf(new byte[] {'P', 'K', 3, 4}, 5000));
    for (int cut : new int[] {1, 2, 21, 22, 23, 40, 68, 90, 120}) {
      add("cut by " + cut, Reason.CONTAINER, Arrays.copyOf(good, good.length - cut));
    }
    byte[] longer = Arrays.copyOf(good, good.length + 1);
    add("a byte behind the end", Reason.CONTAINER, longer);
    byte[] shifted = new byte[good.length + 4];
    System.arraycopy(good, 0, shifted, 4, good.length);
    System.arraycopy(good, 0, shifted, 0, 4);
    add("bytes in front", Reason.CONTAINER, shifted);
    add("no parts", Reason.FORMAT, new ZipBytes().bytes());
    add("no pickle", Reason.CONTAINER, new ZipBytes().stored("a/version", new byte[1]).bytes());
    add(
        "pickle one folder too deep",
        Reason.CONTAINER,
        new ZipBytes().stored("a/b/data.pkl", goodPickle()).bytes());
    add(
        "two pickles",
        Reason.CONTAINER,
        new ZipBytes()
            .stored("a/data.pkl", goodPickle())
            .stored("a/data.pkl", goodPickle())
            .bytes());
    add("encrypted", Reason.CONTAINER, zip.central16(0, 8, 1));
    add("strongly encrypted", Reason.CONTAINER, zip.central16(0, 8, 0x41));
    add("method 12", Reason.CONTAINER, zip.central16(0, 10, 12));
    add("method in the directory alone", Reason.CONTAINER, zip.central16(0, 10, 8));
    add("method in the header alone", Reason.CONTAINER, zip.local16(0, 8, 8));
    add("wrong checksum", Reason.CHECKSUM, zip.central32(0, 16, 1234));
    add("size over the stored one", Reason.CONTAINER, zip.central32(0, 24, 1 << 30));
    add("size under the stored one", Reason.CONTAINER, zip.central32(1, 24, 15));
    add("stored beyond the file", Reason.CONTAINER, zip.central32(0, 20, 1 << 30));
    add("both sizes beyond the file", Reason.CONTAINER, bothSizes(zip, 1, 1 << 30));
    add("header beyond the file", Reason.CONTAINER, zip.central32(0, 42, 1 << 30));
    add("header at the directory", Reason.CONTAINER, zip.central32(0, 42, good.length - 30));
    add("header inside a part", Reason.CONTAINER, zip.central32(0, 42, 7));
    add("parts that overlap", Reason.CONTAINER, bothSizes(zip, 0, goodPickle().length + 4));
    add("two entries of one part", Reason.CONTAINER, twice());
    add("large sizes without a record", Reason.CONTAINER, zip.central32(0, 24, -1));
    add("name length beyond", Reason.CONTAINER, zip.central16(0, 28, 60_000));
    add("extra length beyond", Reason.CONTAINER, zip.central16(0, 30, 60_000));
    add("extra length of one", Reason.CONTAINER, zip.central16(1, 30, 1));
    add("comment length of one", Reason.CONTAINER, zip.central16(0, 32, 1));
    add("local name length", Reason.CONTAINER, zip.local16(0, 26, 9));
    add("local extra length", Reason.CONTAINER, zip.local16(1, 28, 60_000));
    add("count over the entries", Reason.CONTAINER, zip.end32(8, (3 << 16) | 3));
    add("count under the entries", Reason.CONTAINER, zip.end32(8, (1 << 16) | 1));
    add("counts that differ", Reason.CONTAINER, zip.end16(8, 1));
    add("second disk", Reason.CONTAINER, zip.end16(4, 1));
    add("directory offset", Reason.CONTAINER, zip.end32(16, 0));
    add("directory beyond", Reason.CONTAINER, zip.end32(16, 1 << 30));
    add("directory size", Reason.CONTAINER, zip.end32(12, 4));
    add("large without a locator", Reason.CONTAINER, zip.end32(16, -1));
    add("comment without bytes", Reason.CONTAINER, zip.end16(20, 9));
    add(
        "damaged deflate",
        Reason.CONTAINER,
        new ZipBytes().part("a/data.pkl", 8, new byte[50], 60, new byte[60]).bytes());
    byte[] zipped = new ZipBytes().deflated("a/data.pkl", goodPickle()).bytes();
    add("deflate of too little", Reason.CONTAINER, resized(goodPickle().length + 1));
    add("deflate of too much", Reason.CONTAINER, resized(goodPickle().length - 1));
    add("deflate without its storage", Reason.STORAGE, zipped);
    add(
        "big-endian",
        Reason.FORMAT,
        new ZipBytes()
            .stored("a/data.pkl", goodPickle())
            .stored("a/byteorder", "big".getBytes(StandardCharsets.US_ASCII))
            .bytes());
  }

  private static byte[] resized(int size) {
    return new ZipBytes().deflated("a/data.pkl", goodPickle()).central32(0, 24, size);
  }

  private static byte[] bothSizes(ZipBytes zip, int part, int size) {
    byte[] one = zip.central32(part, 20, size);
    byte[] two = zip.central32(part, 24, size);
    byte[] original = zip.bytes();
    for (int i = 0; i < one.length; i++) {
      if (two[i] != original[i]) {
        one[i] = two[i];
      }
    }
    return one;
  }

  /** The directory's first entry under a second name of the same length. */
  private static byte[] twice() {
    byte[] pickle = goodPickle();
    ZipBytes zip = new ZipBytes().stored("a/data.pkl", pickle).stored("a/data.pkm", pickle);
    return zip.central32(1, 42, 0);
  }

  private void paths() {
    for (String name :
        new String[] {
          "data.pkl", "/data.pkl", "../data.pkl", "a/../data.pkl", "a/./data.pkl", "a//data.pkl",
          "a/data/../../../x", "./a/data.pkl", "C:/data.pkl", "a\\data.pkl", "a/..", "a/b\\..\\c",
          "a/\u0000data.pkl", "a/da\nta.pkl", "//a/data.pkl", "", "a/data.pkl//", "~:/x"
        }) {
      add("path " + name, Reason.PATH, new ZipBytes().stored(name, goodPickle()).bytes());
    }
    add(
        "second folder",
        Reason.PATH,
        new ZipBytes().stored("a/data.pkl", goodPickle()).stored("b/data/0", FOUR_FLOATS).bytes());
    add(
        "folder that begins alike",
        Reason.PATH,
        new ZipBytes().stored("a/data.pkl", goodPickle()).stored("ab/data/0", FOUR_FLOATS).bytes());
    add("name not in UTF-8", Reason.PATH, plain(goodPickle()).central16(0, 46, 0x28c3));
  }

  private void bombs() {
    byte[] zeros = new byte[40_000_000];
    byte[] bomb = new ZipBytes().deflated("a/data.pkl", zeros).bytes();
    add("forty megabytes of zeros as a pickle", Reason.INSTRUCTION, bomb);
    ZipBytes large = new ZipBytes().deflated("a/data.pkl", zeros);
    add("size of a gigabyte", Reason.CONTAINER, large.central32(0, 24, 1 << 30));
    byte[] fill = new byte[1 << 20];
    add(
        "gigabyte that might be real",
        Reason.LIMIT,
        new ZipBytes().part("a/data.pkl", 8, fill, 1 << 30, fill).bytes());
    add(
        "more than deflate can do",
        Reason.CONTAINER,
        new ZipBytes().part("a/data.pkl", 8, new byte[10], 1 << 20, fill).bytes());
    PickleBytes marks = PickleBytes.start().raw(repeated("((", 4_000_010));
    add("millions of marks", Reason.LIMIT, zip(marks.stop()));
    PickleBytes memos = PickleBytes.start().ops("N");
    for (int i = 0; i < 1000; i++) {
      memos.ops("r").int32(-1 - i);
    }
    add(
        "far memos, then a class",
        Reason.FORBIDDEN_CLASS,
        zip(memos.global("os", "system").stop()));
  }

  private void legacy() {
    byte[] good = legacyFile(goodPickle(), 4, FOUR_FLOATS);
    for (int cut = 3; cut < good.length; cut += 5) {
      add("legacy cut at " + cut, null, Arrays.copyOf(good, cut));
    }
    add("legacy: another magic", Reason.FORMAT, PickleBytes.start().whole(7).stop());
    add(
        "legacy: bomb first",
        Reason.FORBIDDEN_CLASS,
        PickleBytes.start().global("os", "system").text("id").op(0x85).ops("R").stop());
    add("legacy: one element more", Reason.STORAGE, legacyFile(goodPickle(), 5, FOUR_FLOATS));
    add("legacy: one element fewer", Reason.STORAGE, legacyFile(goodPickle(), 3, FOUR_FLOATS));
    add("legacy: negative length", Reason.STORAGE, legacyFile(goodPickle(), -4, FOUR_FLOATS));
    add("legacy: data missing", Reason.STORAGE, legacyFile(goodPickle(), 4, new byte[15]));
    add("legacy: data left over", Reason.STORAGE, legacyFile(goodPickle(), 4, new byte[17]));
    add(
        "legacy: storage of no tensor",
        Reason.STORAGE,
        legacyFile(PickleBytes.start().ops("}").stop(), 4, FOUR_FLOATS));
    add(
        "legacy: forbidden class",
        Reason.FORBIDDEN_CLASS,
        legacyFile(PickleBytes.start().global("os", "system").ops(")R").stop(), 4, FOUR_FLOATS));
    byte[] tar = new byte[1024];
    tar[257] = 'u';
    add("legacy: tar", Reason.FORMAT, tar);
  }
}
