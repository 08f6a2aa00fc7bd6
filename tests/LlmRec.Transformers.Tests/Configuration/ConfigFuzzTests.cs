using System.Text;
using LlmRec.Kernels;
using LlmRec.Tests;

namespace LlmRec.Transformers.Tests;

/// <summary>Damaged and lying configurations are refused with a reason, or give a model that works; the whole runs are explicit.</summary>
[TestFixture]
public sealed class ConfigFuzzTests
{
    private const int Whole = 100_000;
    private const string Reason = "the whole run takes minutes; the default run takes a part of it";

    private static readonly string[] Values =
        ["null", "true", "-1", "0", "0.5", "1e9", "1e308", "-1e308", "4294967296", "2147483647", "131072", "\"\"", "[]", "{}", "[1]", "{\"a\":1}", "\"\\ud800\"", "\"gelu\"", "\"full_attention\"", "48", "3"];

    private static readonly byte[][] Configs = [.. ((string[])
    [
        """{"model_type":"bert","hidden_size":48,"num_attention_heads":4,"num_hidden_layers":3,"intermediate_size":80,"vocab_size":99,"max_position_embeddings":64,"type_vocab_size":2,"hidden_act":"gelu","layer_norm_eps":1e-12,"pad_token_id":0,"position_embedding_type":"absolute","head_dim":12,"is_decoder":false}""",
        """{"model_type":"xlm-roberta","hidden_size":48,"num_attention_heads":4,"num_hidden_layers":3,"intermediate_size":80,"vocab_size":99,"max_position_embeddings":66,"type_vocab_size":1,"pad_token_id":1}""",
        """{"model_type":"mpnet","hidden_size":48,"num_attention_heads":4,"num_hidden_layers":3,"intermediate_size":80,"vocab_size":99,"max_position_embeddings":66,"relative_attention_num_buckets":32,"pad_token_id":1}""",
        """{"model_type":"distilbert","dim":48,"n_layers":3,"n_heads":4,"hidden_dim":80,"vocab_size":99,"max_position_embeddings":64,"activation":"gelu"}""",
        """{"model_type":"modernbert","hidden_size":48,"num_attention_heads":4,"num_hidden_layers":4,"intermediate_size":80,"vocab_size":99,"local_attention":8,"global_attn_every_n_layers":3,"global_rope_theta":160000.0,"local_rope_theta":10000.0,"norm_eps":1e-5,"max_position_embeddings":64,"layer_types":["full_attention","sliding_attention","sliding_attention","full_attention"],"rope_parameters":{"full_attention":{"rope_theta":160000.0,"rope_type":"default"},"sliding_attention":{"rope_theta":10000.0,"rope_type":"default"}}}""",
        """{"model_type":"t5","d_model":48,"num_layers":3,"num_heads":4,"d_kv":12,"d_ff":80,"vocab_size":99,"feed_forward_proj":"gated-gelu","relative_attention_num_buckets":32,"relative_attention_max_distance":128,"layer_norm_epsilon":1e-6}""",
        """{"model_type":"llama","hidden_size":48,"num_attention_heads":4,"num_key_value_heads":2,"num_hidden_layers":3,"intermediate_size":80,"vocab_size":99,"rms_norm_eps":1e-6,"rope_theta":10000.0,"max_position_embeddings":64,"rope_scaling":{"rope_type":"llama3","factor":8.0,"low_freq_factor":1.0,"high_freq_factor":4.0,"original_max_position_embeddings":32},"attention_bias":false,"mlp_bias":false}""",
        """{"model_type":"qwen2","hidden_size":48,"num_attention_heads":4,"num_key_value_heads":2,"num_hidden_layers":3,"intermediate_size":80,"vocab_size":99,"use_sliding_window":true,"sliding_window":16,"max_window_layers":1,"rope_scaling":{"type":"yarn","factor":4.0,"original_max_position_embeddings":32,"beta_fast":32,"beta_slow":1}}""",
        """{"model_type":"gemma3","text_config":{"model_type":"gemma3_text","hidden_size":48,"num_attention_heads":4,"num_key_value_heads":2,"head_dim":16,"num_hidden_layers":6,"intermediate_size":80,"vocab_size":99,"query_pre_attn_scalar":16,"sliding_window":8,"sliding_window_pattern":6,"rope_theta":1000000.0,"rope_local_base_freq":10000.0,"use_bidirectional_attention":true}}""",
        """{"model_type":"gpt2","n_embd":48,"n_layer":3,"n_head":4,"n_positions":64,"vocab_size":99,"activation_function":"gelu_new","n_inner":null,"scale_attn_weights":true,"layer_norm_epsilon":1e-5}""",
    ]).Select(Encoding.UTF8.GetBytes)];

    [TestCase(10_000)]
    [TestCase(2 * Whole, Explicit = true, Reason = Reason)]
    public void Parse_OfMutatedConfigurations_ReadsOrThrowsInvalidData(int count)
    {
        int read = Fuzz.Run(count, 1, r => Fuzz.Text(r, Configs, Values), content =>
        {
            TransformerConfig c = TransformerConfig.Parse(content);
            Assert.That(c.Windows, Has.Count.EqualTo(c.Layers));
            foreach (RotaryConfig? rotary in (RotaryConfig?[])[c.Rotary, c.LocalRotary])
                if (rotary is not null && c.HeadSize <= 256) Assert.That(new RotaryTable(rotary, c.HeadSize).Get(9).Sines, Is.All.Matches<float>(float.IsFinite));
        }, mostBytes: 8_000_000);
        Assert.That(read, Is.InRange(count / 20, count * 9 / 10));
    }

    private static readonly (string File, string Content)[] Folder =
    [
        ("modules.json", """[{"idx":0,"name":"0","path":"","type":"sentence_transformers.models.Transformer"},{"idx":1,"name":"1","path":"1_Pooling","type":"sentence_transformers.models.Pooling"},{"idx":2,"name":"2","path":"2_Dense","type":"sentence_transformers.models.Dense"},{"idx":3,"name":"3","path":"3_Normalize","type":"sentence_transformers.models.Normalize"}]"""),
        ("config_sentence_transformers.json", """{"__version__":{"sentence_transformers":"2.0.0"},"prompts":{"query":"query: ","document":""},"default_prompt_name":"query"}"""),
        ("sentence_bert_config.json", """{"max_seq_length":256,"do_lower_case":false}"""),
        ("tokenizer_config.json", """{"model_max_length":512,"tokenizer_class":"BertTokenizer","do_lower_case":true,"cls_token":"[CLS]","added_tokens_decoder":{"0":{"content":"[PAD]","special":true}}}"""),
    ];

    [TestCase(2_000)]
    [TestCase(Whole, Explicit = true, Reason = Reason)]
    public void Read_OfMutatedSentenceFolders_ReadsOrThrowsInvalidData(int count)
    {
        using var folder = new TemporaryFolder();
        byte[][] samples = [.. Folder.Select(f => Encoding.UTF8.GetBytes(f.Content))];
        int victim = 0;
        int read = Fuzz.Run(count, 2, random =>
        {
            victim = random.Next(samples.Length);
            return Fuzz.Text(random, [samples[victim]], Values);
        }, content =>
        {
            for (int f = 0; f < samples.Length; f++) File.WriteAllBytes(folder.File(Folder[f].File), f == victim ? content : samples[f]);
            SentenceFolder read = SentenceFolder.Read(folder.Path);
            Assert.That(Path.GetFullPath(read.Transformer), Does.StartWith(Path.GetFullPath(folder.Path)), "nothing outside of the folder is opened");
            if (read.Pooling is { } pooling) Assert.That(Path.GetFullPath(pooling), Does.StartWith(Path.GetFullPath(folder.Path)));
        }, mostBytes: 1_000_000);
        Assert.That(read, Is.InRange(count / 20, count * 9 / 10));
    }

    [TestCase(10_000)]
    [TestCase(Whole, Explicit = true, Reason = Reason)]
    public void Read_OfMutatedPoolings_ReadsOrThrowsInvalidData(int count)
    {
        byte[][] samples = [.. ((string[])
        [
            """{"word_embedding_dimension":48,"pooling_mode_cls_token":false,"pooling_mode_mean_tokens":true,"pooling_mode_max_tokens":false,"pooling_mode_mean_sqrt_len_tokens":true,"pooling_mode_weightedmean_tokens":false,"pooling_mode_lasttoken":false,"include_prompt":true}""",
            """{"embedding_dimension":48,"pooling_mode":["cls","mean"],"include_prompt":false}""",
            """{"embedding_dimension":48,"pooling_mode":"lasttoken"}""",
        ]).Select(Encoding.UTF8.GetBytes)];
        float[] states = [.. Enumerable.Range(0, 3 * 48).Select(i => i / 48f)];
        int read = Fuzz.Run(count, 3, r => Fuzz.Text(r, samples, Values), content =>
        {
            Pooling pooling = Pooling.Read(ConfigObject.Parse(content, "config.json"), 48);
            float[] vector = new float[pooling.Modes.Count * 48];
            pooling.Apply(new ReadOnlyMatrixSpan(states, 3, 48), 1, vector);
            Assert.That(vector, Is.All.InRange(0f, 9f));
        }, mostBytes: 1_000_000);
        Assert.That(read, Is.InRange(count / 20, count * 9 / 10));
    }

    [TestCase(2_000)]
    [TestCase(Whole, Explicit = true, Reason = Reason)]
    public async Task Open_OfMutatedIndexes_OpensOrSaysWhatIsWrong(int count)
    {
        using var folder = new TemporaryFolder();
        foreach (int part in (int[])[1, 2])
        {
            var writer = new SafeTensorsWriter();
            writer.Add($"layer.{part}.weight", new float[6], 2, 3);
            writer.Add($"layer.{part}.bias", new float[2], 2);
            await writer.WriteAsync(folder.File($"model-0000{part}-of-00002.safetensors"));
        }
        byte[][] samples = ["""{"metadata":{"total_size":64},"weight_map":{"layer.1.weight":"model-00001-of-00002.safetensors","layer.1.bias":"model-00001-of-00002.safetensors","layer.2.weight":"model-00002-of-00002.safetensors","layer.2.bias":"model-00002-of-00002.safetensors"}}"""u8.ToArray()];
        int read = Fuzz.Run(count, 4, r => Fuzz.Text(r, samples, [.. Values, "\"model-00002-of-00002.safetensors\"", "\"../model-00001-of-00002.safetensors\"", "\"model-00001-of-00002\\u0000.safetensors\""]), content =>
        {
            File.WriteAllBytes(folder.File("model.safetensors.index.json"), content);
            using Checkpoint checkpoint = Checkpoint.Open(folder.Path);
            foreach (string tensor in checkpoint.Tensors) Assert.That(checkpoint.ReadFloats(tensor), Has.Length.LessThanOrEqualTo(6));
        }, mostBytes: 1_000_000);
        Assert.That(read, Is.InRange(count / 50, count * 9 / 10));
    }

    /// <summary>A configuration that lies about a checkpoint: the first tensor that does not fit ends it, before anything of the promised size is asked for.</summary>
    [TestCase(100)]
    [TestCase(5_000, Explicit = true, Reason = Reason)]
    public void Load_OfModelsWithMutatedConfigurations_LoadsOrThrowsInvalidData(int count)
    {
        using var folder = new TemporaryFolder();
        foreach (string name in (string[])["bert", "mpnet", "modernbert", "t5-gated-gelu", "llama-rope-llama3", "gemma3-text", "gpt2"])
        {
            string from = SharedData.PathOrSkip($"golden/transformers/tiny/{name}");
            File.Copy(Path.Combine(from, "model.safetensors"), folder.File("model.safetensors"), overwrite: true);
            byte[][] samples = [File.ReadAllBytes(Path.Combine(from, "config.json"))];
            int read = Fuzz.Run(count, 5, r => Fuzz.Text(r, samples, Values), content =>
            {
                File.WriteAllBytes(folder.File("config.json"), content);
                TransformerModel model = TransformerModel.Load(folder.Path);
                if (model.Config.MaxTokens < 4) return;
                float[] hidden = new float[4 * model.Config.HiddenSize];
                model.Forward(new([3, 1, 4, 2], [0, 4], []), new MatrixSpan(hidden, 4, model.Config.HiddenSize), 1);
                Assert.That(hidden, Is.All.Matches<float>(float.IsFinite));
            }, mostBytes: 20_000_000);
            Assert.That(read, Is.InRange(count / 20, count), name);
        }
    }
}
